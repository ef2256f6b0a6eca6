// Any runs and anchors: the plan's pieces have a positive length and pace, and a fit never invents a number that is
// none.
#include <bit>
#include <cmath>
#include <cstdlib>

#include "base/bytes.hpp"
#include "media/plan.hpp"

namespace {
using namespace greenroom;

double number(base::ByteReader& in) {
  const double value = std::bit_cast<double>(in.u64());
  return std::isfinite(value) ? std::fmod(value, 1e13) : double(in.u16());
}

media::StemFacts facts_of(base::ByteReader& in) {
  media::StemFacts facts;
  facts.stem.participant = "p";
  const auto kind = in.u8();
  facts.stem.origin = kind & 1 ? media::Origin::backup : media::Origin::local;
  facts.stem.source = kind & 2 ? media::Source::raw_mic : media::Source::mic;
  facts.stem.started_at_ms = number(in);
  std::int64_t frame = 0;
  for (int i = in.u8() % 16; i >= 0; --i) {
    frame += in.u16();
    facts.runs.push_back({frame, 1 + std::int64_t(in.u16()), in.u8() & 1 ? 48'000 : 16'000, 1 + (in.u8() & 1)});
    frame += facts.runs.back().frames;
  }
  std::int64_t at = 0;
  for (int i = in.u8(); i > 0 && in.left() > 0; --i) facts.anchors.push_back({at += 1 + in.u16(), number(in)});
  return facts;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteReader in({data, size});
  media::TakeInput take{number(in), 0, {{"p", "P"}}, {}, {}};
  take.stopped_at_ms = take.started_at_ms + in.u16() * 100.0;
  double pause_ms = take.started_at_ms;
  for (int i = in.u8() % 8; i > 0; --i) {
    const double from = pause_ms + in.u16() * 10.0;
    pause_ms = from + in.u16() * 10.0;
    take.pauses.push_back({from, pause_ms});
  }
  std::vector<media::StemFacts> facts;
  while (in.left() > 8 && facts.size() < 8) facts.push_back(facts_of(in));
  const auto plan = media::make_plan(take, facts, {});
  if (!plan) return 0;
  const auto& who = plan->participants[0];
  for (const auto& voice : {who.voice, who.raw.value_or(media::VoicePlan())})
    for (const auto* pieces : {&voice.local, &voice.backup})
      for (const auto& piece : *pieces)
        if (piece.frames <= 0 || !(piece.step_s > 0) || !std::isfinite(piece.start_s)) std::abort();
  return 0;
}
