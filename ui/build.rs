//! Compiles the screens. Fonts and icons go into the binary as files.

fn main() -> Result<(), slint_build::CompileError> {
    let mut config = slint_build::CompilerConfiguration::new()
        .with_default_translation_context(slint_build::DefaultTranslationContext::None)
        // Scripted visits and tests find elements by role and label; the search needs the elements' table.
        .with_debug_info(true);
    // A language appears by adding lang/<code>/LC_MESSAGES/kiosk-ui.po; the first one needs a clean build.
    // Naming a folder that is not there would compile the screens anew each time.
    if std::path::Path::new("lang").is_dir() {
        println!("cargo:rerun-if-changed=lang");
        config = config.with_bundled_translations("lang");
    }
    slint_build::compile_with_config("main.slint", config)
}
