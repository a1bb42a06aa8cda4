//! The web page's `.env` file, and the sign-in form as it is kept: no panic, and nothing without an address.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sync::view::SignInForm;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(form) = sync::env_file::read(bytes) {
        assert!(!form.api_url.is_empty());
        let kept = serde_json::to_vec(&form).expect("a form is JSON");
        assert_eq!(
            serde_json::from_slice::<SignInForm>(&kept).expect("as it was kept"),
            form
        );
    }
    if let Ok(form) = serde_json::from_slice::<SignInForm>(bytes) {
        let _ = api::ApiBase::parse(&form.api_url);
    }
});
