#include "record/export.hpp"

#include <cmath>
#include <fstream>
#include <numeric>

#include "base/rng.hpp"
#include "media/audio_source.hpp"
#include "media/correlate.hpp"
#include "media/synthetic.hpp"
#include "media/timecode.hpp"
#include "media/video_source.hpp"
#include "record/depacketize.hpp"
#include "record/pictures.hpp"
#include "record/timeline.hpp"
#include "wire/av1.hpp"
#include "wire/rtp.hpp"

namespace greenroom::record {
namespace {

namespace fs = std::filesystem;
namespace synthetic = media::synthetic;
constexpr double start_ms = 1.76e12;
constexpr std::uint64_t ntp_epoch_s = 2'208'988'800;

struct Network {
  double delay_ms = 40;
  double jitter_ms = 15;
  double loss = 0;
  double duplicate = 0;
  std::uint64_t seed = 3;
};

// Frames into packets, packets through a network, what arrives into a log.
class LogMaker {
 public:
  LogMaker(const TrackHeader& header, const Network& network)
      : network_(network), rng_(network.seed), rate_(header.clock_rate) {
    write_log_start(log);
    write_log_record(header, log);
  }

  void send(double time_s, base::ByteView payload, bool marker) {
    base::Bytes packet(12 + payload.size());
    const auto ticks = std::uint32_t(std::llround(time_s * rate_)) + 0xFFFFF000u;  // wraps early on
    wire::write_rtp(packet, {{96}, marker, {sequence_++}, {ticks}, {7}}, {}, payload);
    if (rng_.unit() < network_.loss) return;
    const double sounded_ms = rate_ == 48'000 ? 20 : 0;  // a packet leaves after its last sample
    const double arrival = start_ms + time_s * 1000 + sounded_ms + network_.delay_ms + rng_.unit() * network_.jitter_ms;
    const int copies = rng_.unit() < network_.duplicate ? 2 : 1;
    for (int i = 0; i < copies; ++i) queue_.push_back({arrival + i * 30 + extra_delay_ms, packet});
  }

  void report(double time_s, double wrong_by_ms) {
    const double ms = start_ms + time_s * 1000 + wrong_by_ms + 5'000;  // the sender's clock is five seconds ahead
    const auto ntp =
        (std::uint64_t(ms / 1000) + ntp_epoch_s) << 32 | std::uint64_t(std::fmod(ms, 1000) / 1000 * 4294967296.0);
    const auto ticks = std::uint32_t(std::llround(time_s * rate_)) + 0xFFFFF000u;
    reports_.push_back(
        {base::wall_from_micros(std::int64_t((start_ms + time_s * 1000 + network_.delay_ms) * 1000)), ntp, ticks});
  }

  fs::path write(const fs::path& file) {
    std::stable_sort(queue_.begin(), queue_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::size_t told = 0;
    for (const auto& [arrival, packet] : queue_) {
      write_log_record(LoggedPacket{base::wall_from_micros(std::int64_t(arrival * 1000)), packet}, log);
      while (told < reports_.size() && base::to_micros(reports_[told].arrival) < std::int64_t(arrival * 1000))
        write_log_record(reports_[told++], log);
    }
    std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(log.data()), std::streamsize(log.size()));
    return file;
  }

  base::Bytes log;
  double extra_delay_ms = 0;

 private:
  Network network_;
  base::SeededRng rng_;
  double rate_;
  std::uint16_t sequence_ = 65'500;
  std::vector<std::pair<double, base::Bytes>> queue_;
  std::vector<LoggedSenderReport> reports_;
};

TrackHeader header_of(const char* mime_type) {
  const bool audio = std::string_view(mime_type).starts_with("audio");
  return {"take",
          "t",
          "anna",
          audio ? "mic" : "camera",
          audio ? "audio" : "video",
          mime_type,
          audio ? 48'000u : 90'000u,
          std::uint8_t(audio ? 2 : 0),
          base::wall_from_micros(std::int64_t(start_ms * 1000))};
}

class ExportTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / fmt::format("greenroom-export-{}-{}", ::getpid(),
                                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  LogMaker voice_log(const Network& network, double seconds, double sr_wrong_ms = 0, bool reports = true) {
    LogMaker maker(header_of("audio/opus"), network);
    const auto frames = synthetic::encode_voice(sound, 0, seconds);
    EXPECT_TRUE(frames);
    for (std::size_t i = 0; i < std::size_t(seconds * 50); ++i) {
      maker.send(double(i) * 0.02, (*frames)[i].data, false);
      if (reports && i % 100 == 50) maker.report(double(i) * 0.02, sr_wrong_ms);
    }
    return maker;
  }

  // Server time at which the decoded file's sound at `at_s` was made, against the truth: positive is late.
  double error_ms(const Exported& exported, double at_s) {
    auto source = media::AudioSource::open(folder / "out.mkv", "");
    EXPECT_TRUE(source) << source.error().what;
    std::vector<float> got(24'000), want(24'000);
    const double begin = (exported.started_at_ms - start_ms) / 1000;
    const auto first = std::int64_t(std::llround((at_s - begin) * 48'000));
    while (auto chunk = *(*source)->next())
      for (std::int64_t i = 0; i < chunk->frames(); ++i)
        if (const auto n = chunk->first_frame + i - first; n >= 0 && n < 24'000)
          got[std::size_t(n)] = chunk->samples[std::size_t(i * chunk->channels)];
    for (int i = 0; i < 24'000; ++i) want[std::size_t(i)] = float(sound(at_s + i / 48'000.0));
    const auto lag = media::find_lag(want, got, {.sample_rate = 48'000, .max_lag_s = 0.4});
    EXPECT_TRUE(lag && lag->strength > 0.3) << at_s;
    return lag ? lag->lag_ms : 1e9;
  }

  fs::path folder;
  synthetic::Sound sound = synthetic::voice(11);
};

TEST_F(ExportTest, OpusThroughABadNetworkKeepsItsTimeline) {
  auto maker = voice_log({.loss = 0.1, .duplicate = 0.1}, 10);
  const auto out = export_log(maker.write(folder / "a.grlog"), folder / "out.mkv");
  ASSERT_TRUE(out) << out.error().what << out.error().context;
  EXPECT_GT(out->duplicates, 20u);
  EXPECT_GT(out->gaps.size(), 20u);
  std::uint64_t missing = 0;
  for (const auto& gap : out->gaps) missing += gap.packets;
  EXPECT_EQ(missing + out->packets, 500u);
  EXPECT_NEAR(out->duration_s, 10, 0.1);
  EXPECT_TRUE(out->torn);
  for (double at : {1.0, 5.0, 9.0}) EXPECT_NEAR(error_ms(*out, at), 40, 3) << at;  // the network's own delay remains
}

TEST_F(ExportTest, AWrongSenderReportIsNotBelieved) {
  for (double wrong : {318.0, -318.0}) {
    auto maker = voice_log({}, 10, wrong);
    const auto out = export_log(maker.write(folder / "a.grlog"), folder / "out.mkv");
    ASSERT_TRUE(out) << out.error().what;
    EXPECT_NEAR(error_ms(*out, 5), 40, 20) << wrong;
  }
}

TEST_F(ExportTest, WithoutReportsArrivalIsTheClock) {
  auto maker = voice_log({.loss = 0.02}, 10, 0, false);
  const auto out = export_log(maker.write(folder / "a.grlog"), folder / "out.mkv");
  ASSERT_TRUE(out) << out.error().what;
  EXPECT_NEAR(error_ms(*out, 5), 40, 5);
}

TEST_F(ExportTest, MuteLeavesAGapOfItsLength) {
  LogMaker maker(header_of("audio/opus"), {});
  const auto frames = synthetic::encode_voice(sound, 0, 8);
  for (std::size_t i = 0; i < frames->size(); ++i)
    if (i < 150 || i >= 250) maker.send(double(i) * 0.02, (*frames)[i].data, false);  // sequence goes on, time does not
  const auto out = export_log(maker.write(folder / "a.grlog"), folder / "out.mkv");
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->gaps.empty());
  EXPECT_NEAR(out->duration_s, 8, 0.05);
  EXPECT_NEAR(error_ms(*out, 6), 40, 5);
  ASSERT_EQ(out->quiets.size(), 1u);
  EXPECT_NEAR(out->quiets[0].start_s, 3, 1e-6);
  EXPECT_NEAR(out->quiets[0].end_s, 5, 1e-6);
  EXPECT_TRUE(out->quiets[0].muted);
}

TEST_F(ExportTest, DiscontinuousTransmissionIsToldFromLossAndFromMute) {
  LogMaker maker(header_of("audio/opus"), {});
  const auto frames = synthetic::encode_voice(sound, 0, 4);
  for (std::size_t i = 0; i < frames->size(); ++i) {
    const bool quiet = i >= 50 && i < 110 && i % 20 != 10;  // one packet every 400 ms
    if (!quiet) maker.send(double(i) * 0.02, (*frames)[i].data, false);
  }
  const auto out = export_log(maker.write(folder / "a.grlog"), folder / "out.mkv");
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->gaps.empty());
  ASSERT_EQ(out->quiets.size(), 3u);
  for (const auto& quiet : out->quiets) EXPECT_FALSE(quiet.muted);
}

// VP8 payloads with the shortest descriptor (RFC 7741 §4.2): S on the first packet of a frame.
void send_vp8(LogMaker& maker, const synthetic::EncodedFrame& frame) {
  constexpr std::size_t piece = 1'000;
  for (std::size_t at = 0; at < frame.data.size(); at += piece) {
    base::Bytes payload{std::uint8_t(at == 0 ? 0x10 : 0x00)};
    const auto end = std::min(at + piece, frame.data.size());
    payload.insert(payload.end(), frame.data.begin() + std::ptrdiff_t(at), frame.data.begin() + std::ptrdiff_t(end));
    maker.send(frame.time_s, payload, end == frame.data.size());
  }
}

// NAL units as single packets, the large ones as FU-A (RFC 6184 §5.6, §5.8).
void send_h264(LogMaker& maker, const synthetic::EncodedFrame& frame) {
  std::vector<base::Bytes> payloads;
  const base::Bytes code{0, 0, 1};
  auto at = std::search(frame.data.begin(), frame.data.end(), code.begin(), code.end());
  while (at != frame.data.end()) {
    auto next = std::search(at + 3, frame.data.end(), code.begin(), code.end());
    auto end = next;
    while (end > at + 3 && *(end - 1) == 0) --end;
    const base::Bytes unit(at + 3, end);
    for (std::size_t from = 1; unit.size() > 900 && from < unit.size(); from += 900) {
      const auto to = std::min(from + 900, unit.size());
      base::Bytes fragment{std::uint8_t((unit[0] & 0xE0) | 28),
                           std::uint8_t((unit[0] & 0x1F) | (from == 1 ? 0x80 : 0) | (to == unit.size() ? 0x40 : 0))};
      fragment.insert(fragment.end(), unit.begin() + std::ptrdiff_t(from), unit.begin() + std::ptrdiff_t(to));
      payloads.push_back(fragment);
    }
    if (unit.size() <= 900) payloads.push_back(unit);
    at = next;
  }
  for (std::size_t i = 0; i < payloads.size(); ++i) maker.send(frame.time_s, payloads[i], i + 1 == payloads.size());
}

// The shortest descriptor of VP9 (RFC 9628 §4.2), without layers: P, B and E.
void send_vp9(LogMaker& maker, const synthetic::EncodedFrame& frame) {
  constexpr std::size_t piece = 1'000;
  for (std::size_t at = 0; at < frame.data.size(); at += piece) {
    const auto end = std::min(at + piece, frame.data.size());
    base::Bytes payload{
        std::uint8_t((frame.key ? 0 : 0x40) | (at == 0 ? 0x08 : 0) | (end == frame.data.size() ? 0x04 : 0))};
    payload.insert(payload.end(), frame.data.begin() + std::ptrdiff_t(at), frame.data.begin() + std::ptrdiff_t(end));
    maker.send(frame.time_s, payload, end == frame.data.size());
  }
}

// OBUs without their sizes, as many packets as they need; one element a packet (RTP Payload Format For AV1 §4.4).
void send_av1(LogMaker& maker, const synthetic::EncodedFrame& frame) {
  constexpr std::size_t piece = 900;
  std::vector<base::Bytes> payloads;
  base::ByteReader in(frame.data);
  while (in.left() > 0) {
    const auto head = in.u8();
    const auto obu = in.take(std::size_t(wire::read_leb128(in).value_or(0)));
    const int type = head >> 3 & 0xF;
    if (type == wire::obu_temporal_delimiter) continue;
    base::Bytes bare{std::uint8_t(head & ~0x02)};
    bare.insert(bare.end(), obu.begin(), obu.end());
    for (std::size_t at = 0; at < bare.size(); at += piece) {
      const auto end = std::min(at + piece, bare.size());
      const bool sequence = frame.key && payloads.empty();
      base::Bytes payload{
          std::uint8_t(0x10 | (at > 0 ? 0x80 : 0) | (end < bare.size() ? 0x40 : 0) | (sequence ? 8 : 0))};
      payload.insert(payload.end(), bare.begin() + std::ptrdiff_t(at), bare.begin() + std::ptrdiff_t(end));
      payloads.push_back(payload);
    }
  }
  for (std::size_t i = 0; i < payloads.size(); ++i) maker.send(frame.time_s, payloads[i], i + 1 == payloads.size());
}

std::vector<int> numbers_in(const fs::path& file) {
  std::vector<int> numbers;
  auto source = media::VideoSource::open(file);
  EXPECT_TRUE(source) << source.error().what;
  while (source && *(*source)->next()) {
    (*source)->take();
    auto luma = (*source)->luma();
    const auto number =
        media::read_timecode({luma.pixels, luma.width, luma.height, luma.width}, {0, 0, luma.width, luma.height});
    numbers.push_back(number.value_or(-1));
  }
  return numbers;
}

TEST_F(ExportTest, Vp8ComesBackFrameByFrame) {
  LogMaker maker(header_of("video/VP8"), {.duplicate = 0.2});
  const auto frames = synthetic::encode_camera({.frames = 60});
  ASSERT_TRUE(frames);
  for (const auto& frame : *frames) send_vp8(maker, frame);
  const auto out = export_log(maker.write(folder / "v.grlog"), folder / "out.mkv");
  ASSERT_TRUE(out) << out.error().what << out.error().context;
  const auto numbers = numbers_in(folder / "out.mkv");
  ASSERT_EQ(numbers.size(), 60u);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(numbers[std::size_t(i)], i);
  EXPECT_NEAR(out->started_at_ms - start_ms, 45, 20);
}

TEST_F(ExportTest, AfterALossPicturesWaitForTheNextKeyFrame) {
  LogMaker maker(header_of("video/VP8"), {.loss = 0.02, .seed = 5});
  const auto frames = synthetic::encode_camera({.frames = 210});  // key frames every hundred
  for (const auto& frame : *frames) send_vp8(maker, frame);
  const auto out = export_log(maker.write(folder / "v.grlog"), folder / "out.mkv");
  ASSERT_TRUE(out);
  EXPECT_GT(out->gaps.size(), 0u);
  int before = -1;
  for (int number : numbers_in(folder / "out.mkv")) {
    EXPECT_GT(number, before);
    EXPECT_TRUE(number == before + 1 || number % 100 == 0) << number << " after " << before;
    before = number;
  }
}

TEST_F(ExportTest, H264ComesBackFrameByFrame) {
  LogMaker maker(header_of("video/H264"), {});
  const auto frames = synthetic::encode_camera({.encoder = "libx264", .frames = 60});
  ASSERT_TRUE(frames);
  for (const auto& frame : *frames) send_h264(maker, frame);
  const auto out = export_log(maker.write(folder / "v.grlog"), folder / "out.mkv");
  ASSERT_TRUE(out) << out.error().what << out.error().context;
  const auto numbers = numbers_in(folder / "out.mkv");
  ASSERT_EQ(numbers.size(), 60u);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(numbers[std::size_t(i)], i);
}

TEST_F(ExportTest, Vp9ComesBackFrameByFrame) {
  LogMaker maker(header_of("video/VP9"), {.duplicate = 0.2});
  const auto frames = synthetic::encode_camera({.encoder = "libvpx-vp9", .frames = 40});
  ASSERT_TRUE(frames);
  for (const auto& frame : *frames) send_vp9(maker, frame);
  const auto out = export_log(maker.write(folder / "v.grlog"), folder / "out.mkv");
  ASSERT_TRUE(out) << out.error().what << out.error().context;
  EXPECT_EQ(out->frames, 40u);
  std::vector<int> all(40);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(numbers_in(folder / "out.mkv"), all);
}

TEST_F(ExportTest, Av1ComesBackFrameByFrame) {
  LogMaker maker(header_of("video/AV1"), {.duplicate = 0.2});
  const auto frames = synthetic::encode_camera({.encoder = "libaom-av1", .frames = 20});
  ASSERT_TRUE(frames);
  for (const auto& frame : *frames) send_av1(maker, frame);
  const auto out = export_log(maker.write(folder / "v.grlog"), folder / "out.mkv");
  ASSERT_TRUE(out) << out.error().what << out.error().context;
  EXPECT_EQ(out->frames, 20u);
  std::vector<int> all(20);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(numbers_in(folder / "out.mkv"), all);
}

// Two spatial layers of a picture are one superframe, with the sizes of both at its end (VP9, annex B).
TEST(Pictures, LayersOfVp9AreASuperframe) {
  const base::Bytes below{0x08 | 0x04, 1, 2, 3}, above_a{0x08, 4, 5}, above_b{0x04, 6};
  const std::vector<TimedPacket> packets{
      {1, 0, {}, false, below}, {2, 0, {}, false, above_a}, {3, 0, {}, true, above_b}};
  const auto frame = vp9_frame(packets);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->key);
  EXPECT_EQ(frame->data, (base::Bytes{1, 2, 3, 4, 5, 6, 0xD9, 3, 0, 0, 0, 3, 0, 0, 0, 0xD9}));
  EXPECT_FALSE(vp9_frame(std::span(packets).first(2))) << "the upper layer does not end";
}

TEST(Pictures, ElementsThatDoNotJoinAreNoTemporalUnit) {
  const base::Bytes open{0x50, 0x30, 1}, rest{0x90, 2}, other{0x10, 0x30, 1};
  const auto unit = [](std::initializer_list<base::ByteView> payloads) {
    std::vector<TimedPacket> packets;
    for (const auto& payload : payloads) packets.push_back({std::int64_t(packets.size()), 0, {}, false, payload});
    return av1_frame(packets);
  };
  ASSERT_TRUE(unit({open, rest}));
  EXPECT_EQ(unit({open, rest})->data, (base::Bytes{0x32, 2, 1, 2}));
  EXPECT_FALSE(unit({open})) << "unfinished";
  EXPECT_FALSE(unit({open, other})) << "not continued";
  EXPECT_FALSE(unit({rest})) << "nothing to continue";
}

TEST_F(ExportTest, EmptyAndForeignFilesAreErrors) {
  std::ofstream(folder / "x.grlog") << "not a log";
  EXPECT_FALSE(export_log(folder / "x.grlog", folder / "out.mkv"));
  EXPECT_FALSE(export_log(folder / "none.grlog", folder / "out.mkv"));
  LogMaker maker(header_of("audio/opus"), {});
  const auto none = export_log(maker.write(folder / "e.grlog"), folder / "out.mkv");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, unusable_track);
}

TEST(OpusDuration, FollowsTheTableOfContents) {
  EXPECT_EQ(opus_duration(base::Bytes{0x78}), 960);          // CELT fullband 20 ms, one frame
  EXPECT_EQ(opus_duration(base::Bytes{0x08}), 960);          // SILK narrowband 20 ms
  EXPECT_EQ(opus_duration(base::Bytes{0x18}), 2'880);        // SILK 60 ms
  EXPECT_EQ(opus_duration(base::Bytes{0xFB, 0x03}), 2'880);  // three of 20 ms
  EXPECT_EQ(opus_duration({}), 0);
}

}  // namespace
}  // namespace greenroom::record
