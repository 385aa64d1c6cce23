fn main() {
    slint_build::compile("main.slint").unwrap();
}
