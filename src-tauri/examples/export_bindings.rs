//! Writes the TypeScript of the shell's commands and events to the given path. Called by `cargo xtask codegen`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: export-bindings PATH")?;
    hotelmate_console::export_bindings(path.as_ref())
}
