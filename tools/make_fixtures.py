#!/usr/bin/env python3
"""make_fixtures.py OUT SECONDS NAME...: a voice and a camera for each participant, for Chromium's fake devices.

NAME.wav    espeak-ng speaking (a voice each), with a 200 ms tone of the participant's own frequency once a second
NAME.mjpeg  640x360, 30 fps; a 16-bit frame counter as squares of 20 px from (40, 20): a white and a black one, then the bits, most
            significant first (src/media/timecode.hpp reads it); a bar that moves
Participant number n (from 0) has the tone TONES[n]. Chromium loops both files."""
import array
import math
import pathlib
import subprocess
import sys
import wave

TONES = [997, 1499, 2203, 2909, 3607]
VOICES = ["en-us+f3", "en-gb+m3", "en-us+m7", "en-gb+f2", "en-us+f5"]
LINES = ["Welcome back. Tonight we talk about the vents at the bottom of the sea, and the people who went to look at them.",
         "The first thing you notice is the silence, and then the warmth, where everything else is close to freezing.",
         "We lowered the camera for three hours before anything moved, and then everything moved at once."]
RATE, WIDTH, HEIGHT, FPS, SQUARE, LEFT, TOP = 48000, 640, 360, 30, 20, 40, 20


def speech(number, seconds, scratch):
    raw = scratch.with_suffix(".espeak.wav")
    subprocess.run(["espeak-ng", "-v", VOICES[number % 5], "-s", "150", "-w", raw, LINES[number % 3]], check=True)
    out = subprocess.run(["ffmpeg", "-v", "error", "-stream_loop", "-1", "-i", raw, "-t", str(seconds), "-ac", "1", "-ar",
                          str(RATE), "-f", "s16le", "-"], check=True, capture_output=True).stdout
    raw.unlink()
    samples = array.array("h")
    samples.frombytes(out)
    return samples


def voice(path, number, seconds):
    samples = speech(number, seconds, path)
    for i in range(len(samples)):
        samples[i] = samples[i] * 6 // 10
    tone = [int(6000 * math.sin(2 * math.pi * TONES[number] * i / RATE)) for i in range(RATE // 5)]
    for second in range(seconds):
        start = second * RATE + number * RATE // 4  # the tones take turns
        for i, value in enumerate(tone[:max(0, len(samples) - start)]):
            samples[start + i] = max(-32768, min(32767, samples[start + i] // 4 + value))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1), out.setsampwidth(2), out.setframerate(RATE), out.writeframes(samples.tobytes())


def frame(counter, tint):
    row = bytearray([70]) * WIDTH
    bar = counter * 4 % WIDTH
    low = bytearray(row)
    for x in range(bar, min(bar + 24, WIDTH)):
        low[x] = 190
    top = bytearray(row)
    bits = [1, 0] + [counter >> b & 1 for b in range(15, -1, -1)]
    for i, bit in enumerate(bits):
        x = LEFT + i * SQUARE
        top[x:x + SQUARE] = bytes([235 if bit else 16]) * SQUARE
    luma = bytes(row) * TOP + bytes(top) * SQUARE + bytes(row) * 100 + bytes(low) * (HEIGHT - TOP - SQUARE - 100)
    chroma = WIDTH * HEIGHT // 4
    return luma + bytes([tint[0]]) * chroma + bytes([tint[1]]) * chroma


def camera(path, number, seconds):
    tint = [(150, 100), (110, 150), (100, 110), (150, 150), (128, 90)][number % 5]
    encoder = subprocess.Popen(["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuvj420p", "-s",
                                f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "-", "-c:v", "mjpeg", "-q:v", "3", "-f", "mjpeg",
                                path], stdin=subprocess.PIPE)
    for counter in range(seconds * FPS):
        encoder.stdin.write(frame(counter, tint))
    encoder.stdin.close()
    if encoder.wait():
        raise SystemExit("ffmpeg could not write the camera file")


out, seconds, names = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
out.mkdir(parents=True, exist_ok=True)
for index, name in enumerate(names):
    voice(out / f"{name}.wav", index, seconds)
    camera(out / f"{name}.mjpeg", index, seconds)
    print(out / f"{name}.wav", out / f"{name}.mjpeg")
