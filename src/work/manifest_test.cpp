#include "work/manifest.hpp"

#include <gmock/gmock.h>

#include "base/rng.hpp"
#include "media/audio_source.hpp"
#include "media/correlate.hpp"
#include "media/synthetic.hpp"
#include "wire/json.hpp"
#include "work/describe_take.hpp"

namespace greenroom::work {
namespace {

namespace fs = std::filesystem;
namespace synthetic = media::synthetic;

constexpr double take_ms = 1.76e12;

StemManifest small() {
  StemManifest out;
  out.take_id = "t", out.participant_id = "p", out.source = "mic";
  out.rate = 48'000, out.expected = 100, out.present = 70;
  out.intervals = {{0, 60, SpanOrigin::local}, {60, 90, SpanOrigin::nothing}, {90, 100, SpanOrigin::backup}};
  out.gaps = {{60, 80, GapCause::mute}, {80, 90, GapCause::lost}};
  return out;
}

TEST(Manifest, IsReadAsItWasWritten) {
  const auto read = read_manifest(wire::to_text(small()));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->intervals, small().intervals);
  EXPECT_EQ(read->gaps, small().gaps);
  EXPECT_TRUE(contradictions(*read).empty());
}

TEST(Manifest, WhatIsNoneIsRefused) {
  const auto refused = [](auto change) {
    auto manifest = small();
    change(manifest);
    return !read_manifest(wire::to_text(manifest));
  };
  EXPECT_FALSE(read_manifest(""));
  EXPECT_FALSE(read_manifest("{}"));
  EXPECT_FALSE(read_manifest("[1,2"));
  EXPECT_TRUE(refused([](auto& m) { m.version = 2; }));
  EXPECT_TRUE(refused([](auto& m) { m.format = "greenroom.take"; }));
  EXPECT_TRUE(refused([](auto& m) { m.rate = 0; }));
  EXPECT_TRUE(refused([](auto& m) { m.expected = -1; }));
  EXPECT_TRUE(refused([](auto& m) { m.intervals[1].end = 20; }));
  EXPECT_TRUE(refused([](auto& m) { m.finished = {"../x", 1, std::string(64, 'a')}; }));
  EXPECT_TRUE(refused([](auto& m) { m.finished = {"x", 1, "abc"}; }));
}

TEST(Manifest, PathsStayInside) {
  for (const char* good : {"a", "sources/Ada-mic.grpb", "a b/c"}) EXPECT_TRUE(is_inner_path(good)) << good;
  for (const char* bad : {"", "/a", "a/", "..", "a/../b", "./a", "a//b", ".hidden", "a\\b", "a/\nb"})
    EXPECT_FALSE(is_inner_path(bad)) << bad;
}

TEST(Manifest, ContradictionsAreNamed) {
  auto manifest = small();
  manifest.present = 71;
  manifest.gaps.pop_back();
  EXPECT_EQ(contradictions(manifest).size(), 2u);
}

// ---- a property: whatever is missing where, manifest and finished samples agree

using Spans = std::vector<std::pair<double, double>>;

Spans holes_of(base::Rng& rng, double length_s, double grid_s) {
  Spans out;
  for (double at = grid_s * double(rng.below(6)); at < length_s;) {
    const double end = at + grid_s * double(1 + rng.below(4));
    out.emplace_back(at, end);
    at = end + grid_s * double(2 + rng.below(8));
  }
  return out;
}

// A block is missing when it begins within a hole: these begin half a block earlier, so that rounding decides nothing.
Spans earlier(Spans spans, double by_s) {
  for (auto& span : spans) span.first -= by_s, span.second -= by_s;
  return spans;
}

bool within(const Spans& spans, double at, double margin) {
  return std::any_of(spans.begin(), spans.end(),
                     [&](const auto& s) { return at >= s.first - margin && at < s.second + margin; });
}

class ManifestProperty : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / fmt::format("greenroom-manifest-{}-{}", ::getpid(), GetParam());
    fs::remove_all(folder);
    fs::create_directories(folder / "out");
  }
  void TearDown() override { fs::remove_all(folder); }
  fs::path folder;
};

TEST_P(ManifestProperty, AgreesWithTheFinishedSamples) {
  constexpr double length_s = 9, block_s = 0.1;
  base::SeededRng rng(GetParam());
  const auto sound = synthetic::voice(GetParam());
  const auto local_holes = holes_of(rng, length_s, 2 * block_s), backup_holes = holes_of(rng, length_s, 0.2);
  const double ppm = (rng.unit() - 0.5) * 400;
  media::TakeInput take{take_ms, take_ms + length_s * 1000, {{"anna", "Anna"}}, {}, {}, {}};
  const auto mic = folder / "mic", log = folder / "backup.mkv";
  ASSERT_TRUE(synthetic::write_microphone(
      mic, {.length_s = length_s, .ppm = ppm, .block_s = block_s, .gaps = earlier(local_holes, block_s / 2)}, sound,
      take_ms));
  auto anchors =
      synthetic::write_backup(log, {.length_s = length_s, .gaps = earlier(backup_holes, 0.01)}, sound, take_ms);
  ASSERT_TRUE(anchors);
  take.stems = {{"l", "anna", media::Source::mic, media::Origin::local, "audio/x-greenroom-pcm", mic, take_ms, {}},
                {"b", "anna", media::Source::mic, media::Origin::backup, "video/x-matroska", log, take_ms, *anchors}};
  std::vector<media::StemFacts> facts;
  std::vector<KnownStem> known;
  for (const auto& stem : take.stems) {
    facts.push_back(*media::survey(stem));
    known.push_back({stem, stem.id, "sources/" + stem.id, {1, std::string(64, '0')}, true});
  }
  for (const auto& hole : backup_holes) known[1].gaps.push_back({hole.first, hole.second, GapCause::mute});
  media::OutputSettings settings;
  settings.canvas = {64, 36}, settings.fps = 2;
  const auto plan = media::make_plan(take, facts, settings);
  ASSERT_TRUE(plan);
  const auto report = media::execute(*plan, {folder / "out"});
  ASSERT_TRUE(report) << report.error().what;
  studio::ComposeInput input;
  input.started_at_ms = take.started_at_ms, input.stopped_at_ms = take.stopped_at_ms;
  const auto told = describe_stems({input, *plan, facts, *report, known, {}});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_THAT(contradictions(told[0]), testing::IsEmpty());
  EXPECT_TRUE(read_manifest(wire::to_text(told[0])));

  std::vector<float> samples;
  auto source = media::AudioSource::open(report->participants[0].voice.flac, "");
  while (const auto chunk = *(*source)->next())
    samples.insert(samples.end(), chunk->samples.begin(), chunk->samples.end());
  ASSERT_EQ(std::int64_t(samples.size()), told[0].expected);
  constexpr double edge_s = 0.012;  // a cross-fade, a resampler's reach and Opus's own delay
  for (const auto& interval : told[0].intervals) {
    double worst = 0, loudest = 0;
    for (std::int64_t n = interval.first; n < interval.end; ++n) {
      const double at = double(n) / 48'000;
      loudest = std::max(loudest, std::abs(double(samples[std::size_t(n)])));
      const bool middle = n >= interval.first + 600 && n + 600 < interval.end;
      if (middle) worst = std::max(worst, std::abs(double(samples[std::size_t(n)]) - sound(at)));
      if (!middle) continue;
      // What it says is what was there to be had.
      if (interval.from == SpanOrigin::local) {
        EXPECT_FALSE(within(local_holes, at, -edge_s)) << at;
      }
      if (interval.from == SpanOrigin::backup) {
        EXPECT_TRUE(within(local_holes, at, edge_s)) << at;
        EXPECT_FALSE(within(backup_holes, at, -edge_s - 0.02)) << at;
      }
      if (interval.from == SpanOrigin::nothing) {
        EXPECT_TRUE(within(local_holes, at, edge_s) && within(backup_holes, at, edge_s + 0.02)) << at;
      }
      if (HasFailure()) return;
    }
    if (interval.from == SpanOrigin::local) {
      EXPECT_LT(worst, 0.02) << interval.first;
    }
    if (interval.from == SpanOrigin::nothing) {
      EXPECT_EQ(loudest, 0) << interval.first;
    }
    if (interval.from == SpanOrigin::backup && interval.end - interval.first > 9'600) {
      EXPECT_GT(loudest, 0.05);
    }
  }
  for (const auto& gap : told[0].gaps) {
    if (gap.end - gap.first <= 4'800) continue;
    bool comes_back = false;  // else the backup has no hole there: it has ended
    for (double at = double(gap.end) / 48'000; at < length_s - 0.03; at += 0.02)
      comes_back = comes_back || !within(backup_holes, at + 0.01, 0);
    if (!comes_back) continue;
    EXPECT_EQ(gap.cause, GapCause::mute) << gap.first;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ManifestProperty, testing::Range<std::uint64_t>(1, 6));

}  // namespace
}  // namespace greenroom::work
