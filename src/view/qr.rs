//! QR codes as images whose modules are whole pixels, shown unscaled.

use qrcode::{Color, QrCode};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// Side that the screens leave for a code.
const SIDE_PX: usize = 330;
/// Empty modules around the code, as ISO/IEC 18004 asks.
const QUIET: usize = 4;
const WHITE: Rgb8Pixel = Rgb8Pixel { r: 255, g: 255, b: 255 };
const BLACK: Rgb8Pixel = Rgb8Pixel { r: 0, g: 0, b: 0 };

/// Shows the code of a text, near 330 px wide, unless `shown` is that code already. No image for no text, or
/// for one that is too long for any code.
pub(super) fn keep(text: &str, shown: &Image, set: impl FnOnce(Image)) {
    let code = if text.is_empty() { None } else { QrCode::new(text).ok() };
    let wanted = code.map(|code| pixels(&code));
    let bytes =
        |buffer: &Option<SharedPixelBuffer<Rgb8Pixel>>| buffer.as_ref().map(|it| it.as_bytes().to_vec());
    if bytes(&wanted) != bytes(&shown.to_rgb8()) {
        set(wanted.map(Image::from_rgb8).unwrap_or_default());
    }
}

/// The code of a text; no image for one that is too long for any code.
#[cfg(feature = "demo")]
pub(super) fn image(text: &str) -> Image {
    QrCode::new(text).map(|code| Image::from_rgb8(pixels(&code))).unwrap_or_default()
}

fn pixels(code: &QrCode) -> SharedPixelBuffer<Rgb8Pixel> {
    let modules = code.width() + 2 * QUIET;
    let module_px = (SIDE_PX / modules).max(1);
    let side_px = modules * module_px;
    let side = u32::try_from(side_px).unwrap_or(0);
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(side, side);
    for (at, pixel) in buffer.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (at % side_px / module_px, at / side_px / module_px);
        *pixel = if is_dark(code, x, y) { BLACK } else { WHITE };
    }
    buffer
}

fn is_dark(code: &QrCode, x: usize, y: usize) -> bool {
    let inside = QUIET..QUIET + code.width();
    inside.contains(&x) && inside.contains(&y) && code[(x - QUIET, y - QUIET)] == Color::Dark
}
