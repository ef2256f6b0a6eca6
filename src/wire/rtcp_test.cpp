#include "wire/rtcp.hpp"

#include "base/rng.hpp"

namespace greenroom::wire {
namespace {

using base::Bytes;
using testing::ElementsAre;

class Written {
 public:
  template <class F>
  explicit Written(F&& write) {
    base::ByteWriter out(buffer_);
    write(out);
    EXPECT_TRUE(out.ok());
    buffer_.resize(out.size());
    EXPECT_EQ(buffer_.size() % 4, 0U);
  }
  const Bytes& bytes() const { return buffer_; }
  template <class T>
  T only() const {
    RtcpReader reader(buffer_);
    auto packet = reader.next();
    EXPECT_TRUE(packet && std::holds_alternative<T>(*packet));
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.ok());
    return std::get<T>(*packet);
  }

 private:
  Bytes buffer_ = Bytes(2000);
};

TEST(Rtcp, SenderReport) {
  const SenderInfo info{{1}, {0x1122334455667788}, {3}, 4, 5};
  const ReportBlock blocks[] = {{{9}, 128, -3, 0x10002, 7, 8, 9}, {{10}, 0, 0x7FFFFF, 1, 2, 3, 4}};
  const Written w([&](auto& out) { write_sender_report(out, info, blocks); });
  const auto report = w.only<SenderReport>();
  EXPECT_EQ(report.info, info);
  ASSERT_EQ(report.blocks.size(), 2U);
  EXPECT_EQ(report.blocks[0], blocks[0]);
  EXPECT_EQ(report.blocks[1], blocks[1]);
}

TEST(Rtcp, ReceiverReport) {
  const ReportBlock blocks[] = {{{9}, 1, 2, 3, 4, 5, 6}};
  const Written w([&](auto& out) { write_receiver_report(out, {77}, blocks); });  // the report is a view of it
  const auto report = w.only<ReceiverReport>();
  EXPECT_EQ(report.sender, Ssrc{77});
  EXPECT_EQ(*report.blocks.begin(), blocks[0]);
}

TEST(Rtcp, SdesOfEveryAlignment) {
  for (std::size_t size = 0; size < 9; ++size) {
    const std::string name(size, 'n');
    const Written w([&](auto& out) { write_sdes(out, {5}, name), write_pli(out, {{1}, {2}}); });
    RtcpReader reader(w.bytes());
    const auto sdes = std::get<Sdes>(*reader.next());
    EXPECT_EQ(sdes.cname, name);
    EXPECT_EQ(sdes.ssrc, Ssrc{5});
    EXPECT_TRUE(std::holds_alternative<Pli>(*reader.next()));
  }
}

TEST(Rtcp, Bye) {
  const Ssrc sources[] = {{1}, {2}};
  const Written w([&](auto& out) { write_bye(out, sources, "done"); });
  const auto bye = w.only<Bye>();
  EXPECT_EQ(bye.sources.size(), 2U);
  EXPECT_EQ(bye.sources[1].ssrc, Ssrc{2});
  EXPECT_EQ(bye.reason, "done");
  const Written silent([&](auto& out) { write_bye(out, sources); });
  EXPECT_EQ(silent.only<Bye>().reason, "");
}

TEST(Rtcp, NackSharesItemsBetweenNeighbours) {
  const SeqNo lost[] = {{65'534}, {65'535}, {14}, {15}, {40}};
  const Written w([&](auto& out) { write_nack(out, {{1}, {2}}, lost); });
  const auto nack = w.only<Nack>();
  EXPECT_EQ(nack.ids, (FeedbackIds{{1}, {2}}));
  ASSERT_EQ(nack.items.size(), 3U);
  EXPECT_EQ(nack.items[0], (NackItem{{65'534}, 0x8001}));
  std::vector<std::uint16_t> asked;
  nack.for_each([&](SeqNo seq) { asked.push_back(seq.value); });
  EXPECT_THAT(asked, ElementsAre(65'534, 65'535, 14, 15, 40));
}

TEST(Rtcp, PliAndFir) {
  EXPECT_EQ(Written([](auto& out) { write_pli(out, {{1}, {2}}); }).only<Pli>().ids, (FeedbackIds{{1}, {2}}));
  const Written w([](auto& out) { write_fir(out, {1}, {{2}, 3}); });
  const auto fir = w.only<Fir>();
  EXPECT_EQ(fir.sender, Ssrc{1});
  EXPECT_EQ(fir.items[0].ssrc, Ssrc{2});
  EXPECT_EQ(fir.items[0].command_seq, 3);
}

TEST(Rtcp, RembKeepsEighteenBits) {
  const Ssrc sources[] = {{7}};
  for (const std::int64_t bps : {0LL, 1000LL, 262'143LL, 262'144LL, 2'500'000LL, 10'000'000'000LL}) {
    const Written w([&](auto& out) { write_remb(out, {1}, {bps}, sources); });
    const auto remb = w.only<Remb>();
    EXPECT_LE(remb.bitrate.bps, bps);
    EXPECT_GE(double(remb.bitrate.bps), double(bps) * (1 - 0x1p-17));
    EXPECT_EQ(remb.sources[0].ssrc, Ssrc{7});
  }
}

TEST(Rtcp, WalksACompoundPacket) {
  const Written w([](auto& out) {
    write_receiver_report(out, {1}, {});
    write_sdes(out, {1}, "name");
    write_pli(out, {{1}, {2}});
  });
  RtcpReader reader(w.bytes());
  EXPECT_TRUE(std::holds_alternative<ReceiverReport>(*reader.next()));
  EXPECT_TRUE(std::holds_alternative<Sdes>(*reader.next()));
  EXPECT_TRUE(std::holds_alternative<Pli>(*reader.next()));
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ok());
}

TEST(Rtcp, EveryCutEndsTheWalkWithAnError) {
  const Written w([](auto& out) { write_sender_report(out, {{1}, {2}, {3}, 4, 5}, {}); });
  for (std::size_t size = 1; size < w.bytes().size(); ++size) {
    RtcpReader reader(base::ByteView(w.bytes()).first(size));
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.ok());
  }
}

TEST(Rtcp, RefusesCountsThatDoNotFit) {
  const auto refused = [](const Bytes& bytes) {
    RtcpReader reader(bytes);
    return !reader.next() && !reader.ok();
  };
  EXPECT_TRUE(refused({0x81, 201, 0, 1, 0, 0, 0, 1})) << "a report block that is not there";
  EXPECT_TRUE(refused({0x82, 203, 0, 1, 0, 0, 0, 1})) << "a second source that is not there";
  EXPECT_TRUE(refused({0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2})) << "a NACK of nothing";
  EXPECT_TRUE(refused({0x81, 202, 0, 2, 0, 0, 0, 1, 1, 9, 'x', 'y'})) << "a text longer than the packet";
  EXPECT_TRUE(refused({0x41, 201, 0, 0})) << "version 1";
  EXPECT_TRUE(refused({0xA0, 201, 0, 1, 0, 0, 0, 9})) << "padding larger than the packet";
}

TEST(Rtcp, PaddingAndForeignPacketsArePassedOver) {
  const Bytes bytes = {0x80, 204, 0, 1, 1, 2, 3, 4, 0xA1, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4};
  RtcpReader reader(bytes);
  EXPECT_EQ(std::get<OtherRtcp>(*reader.next()).type, 204);
  EXPECT_TRUE(std::holds_alternative<Pli>(*reader.next()));
  EXPECT_TRUE(reader.ok());
}

TEST(Rtcp, WritersDoNotRunOver) {
  Bytes small(10);
  base::ByteWriter out(small);
  write_pli(out, {{1}, {2}});
  EXPECT_FALSE(out.ok());
}

TEST(NtpTime, GoesThereAndBackToTheMicrosecond) {
  for (const std::int64_t us : {0LL, 1LL, 999'999LL, 1'700'000'000'123'457LL}) {
    EXPECT_EQ(base::to_micros(NtpTime::from(base::wall_from_micros(us)).wall()), us);
  }
  EXPECT_EQ(NtpTime::from(base::wall_from_micros(500'000)).value, 2'208'988'800ULL << 32 | 0x80000000);
  EXPECT_EQ(from_compact_ntp(to_compact_ntp(std::chrono::milliseconds(1500))), std::chrono::milliseconds(1500));
}

struct Arrival {
  std::uint64_t sequence;
  std::int64_t at_us;
};

std::vector<PacketStatus> feed_back(const std::vector<Arrival>& arrivals, base::Duration* reference = nullptr) {
  TransportFeedbackBuilder builder;
  const auto instant = [](const Arrival& a) { return base::Instant(base::Duration(a.at_us)); };
  builder.start({arrivals[0].sequence}, instant(arrivals[0]));
  for (std::size_t i = 1; i < arrivals.size(); ++i)
    EXPECT_TRUE(builder.add({arrivals[i].sequence}, instant(arrivals[i]))) << i;
  const Written w([&](auto& out) { builder.write(out, {1}, {2}, 3); });
  EXPECT_LE(w.bytes().size(), max_feedback_size);
  const auto feedback = w.only<TransportFeedback>();
  EXPECT_EQ(feedback.sender(), Ssrc{1});
  EXPECT_EQ(feedback.media(), Ssrc{2});
  EXPECT_EQ(feedback.feedback_count(), 3);
  if (reference) *reference = feedback.reference_time();
  std::vector<PacketStatus> all;
  feedback.for_each([&](const PacketStatus& s) { all.push_back(s); });
  EXPECT_EQ(all.size(), feedback.status_count());
  return all;
}

TEST(TransportFeedback, ReportsArrivalsAndGaps) {
  base::Duration reference{};
  const auto all =
      feed_back({{65'534, 1'000'000}, {65'535, 1'000'250}, {65'538, 1'200'000}, {65'539, 1'100'000}}, &reference);
  EXPECT_EQ(reference, std::chrono::milliseconds(960));
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all[0].sequence, SeqNo{65'534});
  EXPECT_EQ(reference + all[0].arrival, std::chrono::milliseconds(1000));
  EXPECT_EQ(all[1].arrival - all[0].arrival, base::Duration(250));
  EXPECT_FALSE(all[2].received);
  EXPECT_FALSE(all[3].received);
  EXPECT_EQ(all[4].sequence, SeqNo{2});
  EXPECT_EQ(reference + all[4].arrival, std::chrono::milliseconds(1200));
  EXPECT_EQ(reference + all[5].arrival, std::chrono::milliseconds(1100));
}

TEST(TransportFeedback, IsExactForRandomTraffic) {
  base::SeededRng rng(11);
  for (int round = 0; round < 300; ++round) {
    std::vector<Arrival> arrivals;
    std::uint64_t sequence = rng.below(70'000);
    std::int64_t at = std::int64_t(rng.below(1'000'000'000));
    const bool bursty = rng.below(2) == 0;
    for (std::size_t i = 0, n = 1 + rng.below(300); i < n; ++i) {
      arrivals.push_back({sequence, at});
      sequence += 1 + (rng.below(10) == 0 ? rng.below(20) : 0);
      at += std::int64_t(bursty && rng.below(5) == 0 ? rng.below(2'000'000) : rng.below(20'000)) - 1000;
      at = std::max<std::int64_t>(at, 0);
      if (sequence - arrivals[0].sequence > 400) break;
    }
    base::Duration reference{};
    const auto all = feed_back(arrivals, &reference);
    std::size_t i = 0;
    for (const auto& status : all) {
      if (!status.received) continue;
      EXPECT_EQ(status.sequence.value, std::uint16_t(arrivals[i].sequence));
      const auto error = arrivals[i].at_us - (reference + status.arrival).count();
      EXPECT_GE(error, 0);
      EXPECT_LT(error, 250);
      ++i;
    }
    EXPECT_EQ(i, arrivals.size());
  }
}

TEST(TransportFeedback, SaysWhenItIsFull) {
  TransportFeedbackBuilder builder;
  builder.start({100}, base::Instant{});
  EXPECT_FALSE(builder.add({100}, base::Instant{})) << "not beyond the last";
  EXPECT_FALSE(builder.add({101}, base::Instant{std::chrono::seconds(9)})) << "too far in time";
  EXPECT_FALSE(builder.add({100 + 2000}, base::Instant{})) << "too far in sequence";
  std::uint64_t sequence = 101;
  std::int64_t at = 0;
  while (builder.add({sequence}, base::Instant(base::Duration(at += 100'000)))) ++sequence;
  EXPECT_GT(sequence, 500U);
  const Written w([&](auto& out) { builder.write(out, {1}, {2}, 3); });
  EXPECT_LE(w.bytes().size(), max_feedback_size);
}

TEST(TransportFeedback, RefusesWhatDoesNotHoldWhatItAnnounces) {
  const auto parses = [](Bytes chunks_and_deltas, std::uint8_t count) {
    Bytes body = {0, 0, 0, 1, 0, 0, 0, 2, 0, 5, 0, count, 0, 0, 1, 9};
    body.insert(body.end(), chunks_and_deltas.begin(), chunks_and_deltas.end());
    return TransportFeedback::parse(body).has_value();
  };
  EXPECT_TRUE(parses({0x20, 2, 1, 1}, 2));
  EXPECT_FALSE(parses({0x20, 2, 1}, 2)) << "a delta is missing";
  EXPECT_FALSE(parses({0x20, 1, 1, 1}, 2)) << "a status is missing";
  EXPECT_FALSE(parses({0x60, 2, 1, 1}, 2)) << "the reserved symbol";
  EXPECT_FALSE(parses({0x00, 0, 0, 0}, 2)) << "a run of nothing";
  EXPECT_FALSE(parses({}, 0)) << "nothing at all";
  EXPECT_TRUE(parses({0xA0, 0, 1, 0}, 3)) << "vector: only the first arrived";
  EXPECT_TRUE(parses({0x20, 9, 1, 1}, 2)) << "a run may promise more than is counted";
}

}  // namespace
}  // namespace greenroom::wire
