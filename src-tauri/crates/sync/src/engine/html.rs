//! What becomes of HTML on its way out: what was written here leaves clean, what the hotel's server has had leaves as it was.
//!
//! The second half is why this asks the history. A copy, a restored version and a value put back carry HTML that nobody here wrote, and
//! may hold what [`markup::clean`] would take away; to take it away without a word would be an edit that nobody made.

use super::Engine;

impl Engine {
    /// `details_html` as it may be queued.
    pub(super) fn sendable_html(&self, html: String) -> cache::Result<String> {
        let clean = markup::clean(&html);
        if clean == html || self.has_stood_on_the_server(&html)? {
            return Ok(html);
        }
        Ok(clean)
    }

    fn has_stood_on_the_server(&self, html: &str) -> cache::Result<bool> {
        let Some(desk) = &self.desk else {
            return Ok(false);
        };
        let stands = desk.base.iter().any(|offer| offer.fields.details_html == html);
        Ok(stands || self.cache.has_version_with_html(desk.id, html)?)
    }
}
