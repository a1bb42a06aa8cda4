//! Photos for the seeded offers: a sky, a sun and hills in layers, drawn from a seed.
//!
//! Drawn in rows of one colour, since everything but the edges and the sun depends on the height alone: so it is fast
//! in an unoptimised build too. Edges are smoothed. The same seed gives the same bytes.

use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

/// Pixels across.
pub(crate) const WIDTH: usize = 1600;
/// Pixels down: 16:9.
pub(crate) const HEIGHT: usize = 900;
const QUALITY: u8 = 86;

type Colour = [f32; 3];

struct Palette {
    sky_top: Colour,
    sky_low: Colour,
    hills: Colour,
    sun: Colour,
}

const fn rgb(hex: u32) -> Colour {
    [
        ((hex >> 16) & 0xff) as f32,
        ((hex >> 8) & 0xff) as f32,
        (hex & 0xff) as f32,
    ]
}

const fn palette(sky_top: u32, sky_low: u32, hills: u32, sun: u32) -> Palette {
    Palette {
        sky_top: rgb(sky_top),
        sky_low: rgb(sky_low),
        hills: rgb(hills),
        sun: rgb(sun),
    }
}

static PALETTES: [Palette; 12] = [
    palette(0xf3c9a5, 0xe9a27a, 0x7d4a3c, 0xfff1e2),
    palette(0x9db9d8, 0xd7e3ef, 0x2e4a63, 0xffffff),
    palette(0xb7d2b0, 0xe4edd4, 0x3f6b4c, 0xfffdf0),
    palette(0xa9d3cf, 0xdff0ea, 0x2b6a5c, 0xffffff),
    palette(0xe8b36a, 0xf3dcae, 0x8a4b1e, 0xfff6dd),
    palette(0x4a4f7a, 0x8f86b5, 0x1f2140, 0xf2ecff),
    palette(0xf0b8b8, 0xf8dfd2, 0x6d3f56, 0xfff4ee),
    palette(0x7fb6d6, 0xcfe8ef, 0x1f5a55, 0xffffff),
    palette(0xc9b7dd, 0xf1dfe6, 0x54416f, 0xfffafa),
    palette(0x31506e, 0xe2a77f, 0x1b2c3d, 0xffe4c4),
    palette(0xbfd7e0, 0xf0ead9, 0x556b45, 0xfffef6),
    palette(0x88a9a1, 0xd9ddc4, 0x2d4a43, 0xfdf9e8),
];

/// Draws the scene of `seed`, as a JPEG of 1600 by 900.
pub fn draw(seed: u64) -> Vec<u8> {
    let pixels = paint(seed);
    let mut jpeg = Vec::with_capacity(200_000);
    let (width, height) = (
        u16::try_from(WIDTH).unwrap_or(0),
        u16::try_from(HEIGHT).unwrap_or(0),
    );
    // Writing to memory fails only when there is none left, and the sizes are constants.
    let _ = JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode(
        &pixels,
        width.into(),
        height.into(),
        ExtendedColorType::Rgb8,
    );
    jpeg
}

struct Canvas(Vec<u8>);

fn paint(seed: u64) -> Vec<u8> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let colours = &PALETTES[random.random_range(0..PALETTES.len())];
    let mut canvas = Canvas(vec![0; WIDTH * HEIGHT * 3]);
    let height = HEIGHT as f32;
    for y in 0..HEIGHT {
        canvas.fill(
            y,
            0,
            WIDTH,
            mix(
                colours.sky_top,
                colours.sky_low,
                (y as f32 / (height * 0.75)).min(1.0),
            ),
        );
    }
    let sun = (
        random.random_range(0.15..0.85_f32) * WIDTH as f32,
        random.random_range(0.2..0.36_f32) * height,
    );
    let radius = random.random_range(70.0..115.0_f32);
    canvas.sun(sun, radius, colours.sun);
    // From the far hills, which take the colour of the air, to the near ones.
    for (depth, level) in [(0.30_f32, 0.60_f32), (0.55, 0.70), (0.80, 0.80), (1.0, 0.90)] {
        let crest = crest(&mut random, level * height, height * 0.115 * (1.2 - depth * 0.6));
        let top = mix(colours.sky_low, colours.hills, depth);
        let low = mix(top, colours.sky_low, 0.28 * (1.0 - depth) + 0.04);
        canvas.hill(&crest, top, low);
    }
    canvas.0
}

fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    std::array::from_fn(|part| from[part] + (to[part] - from[part]) * share)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates"
)]
fn bytes(colour: Colour) -> [u8; 3] {
    colour.map(|part| (part + 0.5) as u8)
}

/// The height of a hill's edge at each column: three slow waves.
fn crest(random: &mut Xoshiro256PlusPlus, level: f32, swing: f32) -> Vec<f32> {
    let waves: [(f32, f32, f32); 3] =
        [(0.7, 1.4, 0.62), (1.7, 2.9, 0.27), (3.6, 5.6, 0.11)].map(|(slow, fast, part)| {
            let turns = random.random_range(slow..fast) * std::f32::consts::TAU / WIDTH as f32;
            (
                turns,
                random.random_range(0.0..std::f32::consts::TAU),
                part * swing,
            )
        });
    (0..WIDTH)
        .map(|x| {
            level
                + waves
                    .iter()
                    .map(|(turns, phase, part)| (x as f32 * turns + phase).sin() * part)
                    .sum::<f32>()
        })
        .collect()
}

impl Canvas {
    /// One colour from column `from` up to `to`.
    fn fill(&mut self, y: usize, from: usize, to: usize, colour: Colour) {
        let start = (y * WIDTH + from) * 3;
        let span = &mut self.0[start..start + (to - from) * 3];
        let Some(first) = span.first_chunk_mut::<3>() else {
            return;
        };
        *first = bytes(colour);
        // Doubling what is there: a dozen copies instead of a loop over pixels.
        let mut done = 3;
        while done < span.len() {
            let next = done.min(span.len() - done);
            span.copy_within(..next, done);
            done += next;
        }
    }

    fn blend(&mut self, x: usize, y: usize, colour: Colour, share: f32) {
        let start = (y * WIDTH + x) * 3;
        let pixel = &mut self.0[start..start + 3];
        for (part, colour) in pixel.iter_mut().zip(colour) {
            let old = f32::from(*part);
            *part = bytes([old + (colour - old) * share; 3])[0];
        }
    }

    /// A disc with a smooth edge, and a glow of twice its size.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates"
    )]
    fn sun(&mut self, (x, y): (f32, f32), radius: f32, colour: Colour) {
        let reach = radius * 2.2;
        let rows = (y - reach).max(0.0) as usize..((y + reach) as usize).min(HEIGHT);
        for row in rows {
            let down = row as f32 - y;
            let half = (reach * reach - down * down).max(0.0).sqrt();
            for column in (x - half).max(0.0) as usize..((x + half) as usize).min(WIDTH) {
                let across = column as f32 - x;
                let distance = (across * across + down * down).sqrt();
                let disc = (radius - distance + 0.5).clamp(0.0, 1.0) * 0.86;
                let glow = ((reach - distance) / reach).max(0.0);
                self.blend(column, row, colour, disc.max(glow * glow * 0.35));
            }
        }
    }

    /// Everything below `crest`, from `top` to `low` downwards.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates"
    )]
    fn hill(&mut self, crest: &[f32], top: Colour, low: Colour) {
        let edges: Vec<usize> = crest.iter().map(|edge| *edge as usize).collect();
        let highest = edges.iter().copied().min().unwrap_or(0);
        let lowest = edges.iter().copied().max().unwrap_or(0);
        let colour_at = |y: usize| mix(top, low, (y - highest) as f32 / (HEIGHT - highest) as f32);
        for y in highest..HEIGHT {
            let colour = colour_at(y);
            if y > lowest {
                self.fill(y, 0, WIDTH, colour);
                continue;
            }
            let mut run = None;
            for (x, edge) in edges.iter().enumerate() {
                match (run, *edge < y) {
                    (None, true) => run = Some(x),
                    (Some(from), false) => {
                        self.fill(y, from, x, colour);
                        run = None;
                    }
                    _ => {}
                }
            }
            if let Some(from) = run {
                self.fill(y, from, WIDTH, colour);
            }
        }
        for (x, edge) in crest.iter().enumerate() {
            let y = edges[x];
            if y < HEIGHT {
                self.blend(x, y, colour_at(y), 1.0 - edge.fract());
            }
        }
    }
}
