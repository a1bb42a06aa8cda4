//! Measures making a photo ready to send against `vipsthumbnail`, in one run on one machine. Called by `cargo xtask bench photo`.
//!
//! Both work from file to file, each as a process of its own, so that reading, starting and writing count alike and peak memory can be
//! told apart. **sent**: a JPEG to one of 2048 pixels, quality 85, progressive, nothing but the picture in it. **first look**: the
//! preview of 640 pixels, against the same run of `vipsthumbnail` that makes the photo.

#![expect(clippy::print_stdout, reason = "a bench prints")]

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::json;
use turbojpeg::{Compressor, PixelFormat, Subsamp};

const ROUNDS: usize = 7;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["sent", from, to] => Ok(fs::write(
            to,
            photo::prepare(&fs::read(from)?, None)?.picture.bytes,
        )?),
        ["look", from, to] => Ok(fs::write(to, photo::preview(&fs::read(from)?, 640)?.bytes)?),
        ["measure", program, ref rest @ ..] => measure(program, rest),
        _ => compare(),
    }
}

/// Runs one program, and prints its time in microseconds and its peak memory in kilobytes. A process of its own, since the system
/// tells the peak of all children together.
fn measure(program: &str, arguments: &[&str]) -> Outcome<()> {
    let begun = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()?;
    let took = begun.elapsed();
    if !status.success() {
        return Err(format!("{program} failed").into());
    }
    println!(
        "{} {}",
        took.as_micros(),
        getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss()
    );
    Ok(())
}

/// Times and the largest memory of several rounds.
#[derive(Default)]
struct Rounds {
    times: Vec<Duration>,
    kilobytes: u64,
}

impl Rounds {
    fn add(&mut self, program: &str, arguments: &[&str]) -> Outcome<()> {
        let output = Command::new(env::current_exe()?)
            .arg("measure")
            .arg(program)
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let (time, memory) = text
            .trim()
            .split_once(' ')
            .ok_or("nothing was measured; vipsthumbnail is in Debian's libvips-tools")?;
        self.times.push(Duration::from_micros(time.parse()?));
        self.kilobytes = self.kilobytes.max(memory.parse()?);
        Ok(())
    }

    fn milliseconds(&mut self) -> f64 {
        self.times.sort();
        self.times[self.times.len() / 2].as_secs_f64() * 1e3
    }

    fn megabytes(&self) -> u64 {
        self.kilobytes / 1024
    }
}

fn compare() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    println!("what                         photo              vipsthumbnail      ratio   aim");
    for (megapixels, width, height) in [(12, 4_000, 3_000), (48, 8_000, 6_000)] {
        let from = folder.path().join(format!("{megapixels}.jpg"));
        fs::write(&from, scene(width, height)?)?;
        row(megapixels, &from, folder.path())?;
    }
    Ok(())
}

fn row(megapixels: u32, from: &Path, folder: &Path) -> Outcome<()> {
    let own = env::current_exe()?;
    let own = own.to_str().ok_or("a path in UTF-8")?;
    let from = from.to_str().ok_or("a path in UTF-8")?;
    let ours = folder.join("ours.jpg");
    let ours = ours.to_str().ok_or("a path in UTF-8")?;
    let theirs = format!("{}[Q=85,interlace,strip]", folder.join("theirs.jpg").display());
    let (mut sent, mut look, mut vips) = (Rounds::default(), Rounds::default(), Rounds::default());
    // In turns, so that a machine that grows slower does so for all.
    for _ in 0..ROUNDS {
        sent.add(own, &["sent", from, ours])?;
        vips.add("vipsthumbnail", &[from, "--size", "2048", "-o", &theirs])?;
        look.add(own, &["look", from, ours])?;
    }
    let against = vips.milliseconds();
    for (what, rounds, aim, words) in [
        ("sent", &mut sent, 1.0, "at most 1"),
        ("first look", &mut look, 1.0 / 3.0, "at most 0.33"),
    ] {
        let (time, memory) = (rounds.milliseconds(), rounds.megabytes());
        let ratio = time / against;
        println!(
            "{megapixels} MP, {what:<11}   {time:>7.1} ms {memory:>4} MB   {against:>7.1} ms {:>4} MB   {ratio:>5.2}   {words}",
            vips.megabytes(),
        );
        let row = json!({
            "what": format!("photo, {what}"), "megapixels": megapixels, "rounds": ROUNDS, "photo_ms": time,
            "photo_peak_mb": memory, "vips_ms": against, "vips_peak_mb": vips.megabytes(), "ratio": ratio, "aim": aim,
            "met": ratio <= aim,
        });
        println!("{row}");
    }
    Ok(())
}

/// A landscape of smooth slopes with grain on it, which compresses about as a camera's photo does.
fn scene(width: usize, height: usize) -> Outcome<Vec<u8>> {
    let mut state = 1_u32;
    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = state >> 28;
            let slope = [
                x * 180 / width,
                y * 180 / height,
                (x + y) * 180 / (width + height),
            ];
            let leaf = if (x / 37 + y / 23) % 3 == 0 { 30 } else { 0 };
            pixels.extend(slope.map(|value| u8::try_from(value as u32 + grain + leaf).unwrap_or(u8::MAX)));
        }
    }
    let mut compressor = Compressor::new()?;
    compressor.set_quality(92)?;
    compressor.set_subsamp(Subsamp::Sub2x2)?;
    Ok(compressor.compress_to_vec(turbojpeg::Image {
        pixels: pixels.as_slice(),
        width,
        pitch: width * 3,
        height,
        format: PixelFormat::RGB,
    })?)
}
