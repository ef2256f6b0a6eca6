#include "wire/sctp.hpp"

#include <algorithm>
#include <array>

#include "wire/crc32c.hpp"

namespace greenroom::wire {
namespace {

// Header with ports 5000 and 5000 and this tag, the chunks, and their sum (RFC 9260 §3.1, appendix A).
base::Bytes packet(std::uint32_t tag, const base::Bytes& chunks) {
  base::Bytes bytes{0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, 0, 0, 0, 0};
  base::store_u32(&bytes[4], tag);
  bytes.insert(bytes.end(), chunks.begin(), chunks.end());
  const auto sum = crc32c(bytes);
  for (int i = 0; i < 4; ++i) bytes[8 + std::size_t(i)] = std::uint8_t(sum >> (8 * i));
  return bytes;
}

struct Packet {
  std::array<std::uint8_t, 1200> bytes{};
  std::size_t size = 0;
  base::Bytes chunks() const { return {bytes.begin() + sctp_header_size, bytes.begin() + std::ptrdiff_t(size)}; }
};
template <class Write>
Packet written(Write&& write) {
  Packet out;
  SctpPacketWriter writer(out.bytes, {5000, 5000, 0x01020304});
  write(writer);
  out.size = writer.finish();
  return out;
}

std::optional<SctpChunk> only_chunk(const base::Bytes& chunks) {
  SctpChunkReader reader(chunks);
  auto chunk = reader.next();
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ok());
  return chunk;
}

const base::Bytes data_chunk{0, 3, 0, 19, 0, 0, 0, 9, 0, 2, 0, 7, 0, 0, 0, 51, 'a', 'b', 'c', 0};

TEST(Sctp, APacketIsReadAndItsSumChecked) {
  const auto bytes = packet(0xAABBCCDD, data_chunk);
  const auto parsed = parse_sctp(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->header.source_port, 5000);
  EXPECT_EQ(parsed->header.destination_port, 5000);
  EXPECT_EQ(parsed->header.tag, 0xAABBCCDDU);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto wrong = bytes;
    wrong[i] ^= 0x10;
    EXPECT_FALSE(parse_sctp(wrong)) << "byte " << i;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(parse_sctp(base::ByteView(bytes).first(size)));
}

TEST(Sctp, WhatIsWrittenHasTheSumThatIsRead) {
  const auto out = written([](auto& writer) { writer.chunk(SctpChunkType::cookie_ack, 0); });
  EXPECT_EQ(out.chunks(), (base::Bytes{11, 0, 0, 4}));
  const auto parsed = parse_sctp(base::ByteView(out.bytes).first(out.size));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->header.tag, 0x01020304U);
}

TEST(Sctp, NothingAndTooMuchAreNotFinished) {
  EXPECT_EQ(written([](auto&) {}).size, 0U);
  EXPECT_EQ(written([](auto& writer) { writer.chunk(SctpChunkType::heartbeat, 0, base::Bytes(1190)); }).size, 0U);
}

// §3.3.1: a whole message of three bytes on stream 2, its seventh there, PPID 51.
TEST(SctpData, IsReadAndWritten) {
  const auto data = parse_sctp_data(*only_chunk(data_chunk));
  ASSERT_TRUE(data);
  EXPECT_TRUE(data->begin && data->end);
  EXPECT_FALSE(data->unordered || data->immediate);
  EXPECT_EQ(data->tsn, 9U);
  EXPECT_EQ(data->stream, 2);
  EXPECT_EQ(data->ssn, 7);
  EXPECT_EQ(data->ppid, 51U);
  EXPECT_EQ(base::as_text(data->payload), "abc");
  EXPECT_EQ(written([&](auto& writer) { writer.data(*data); }).chunks(), data_chunk);
}

TEST(SctpData, ItsFlags) {
  for (int flags = 0; flags < 16; ++flags) {
    auto bytes = data_chunk;
    bytes[1] = std::uint8_t(flags);
    const auto data = parse_sctp_data(*only_chunk(bytes));
    ASSERT_TRUE(data);
    EXPECT_EQ(data->end, (flags & 1) != 0);
    EXPECT_EQ(data->begin, (flags & 2) != 0);
    EXPECT_EQ(data->unordered, (flags & 4) != 0);
    EXPECT_EQ(data->immediate, (flags & 8) != 0);
    EXPECT_EQ(written([&](auto& writer) { writer.data(*data); }).chunks(), bytes);
  }
}

TEST(SctpData, WithoutUserDataIsNone) {
  EXPECT_FALSE(parse_sctp_data(*only_chunk({0, 3, 0, 16, 0, 0, 0, 9, 0, 2, 0, 7, 0, 0, 0, 51})));
  EXPECT_FALSE(parse_sctp_data(*only_chunk({0, 3, 0, 8, 0, 0, 0, 9})));
}

// §3.3.2 with the supported extensions of RFC 5061 §4.2.7 and RFC 3758 §3.1.
const base::Bytes init_chunk{1, 0, 0, 30, 0,    0, 0, 7, 0,    1, 0, 0, 4,   0,   4, 0,
                             0, 0, 0, 5,  0xC0, 0, 0, 4, 0x80, 8, 0, 6, 130, 192, 0, 0};

TEST(SctpInit, IsReadAndWritten) {
  const auto init = parse_sctp_init(only_chunk(init_chunk)->value);
  ASSERT_TRUE(init);
  EXPECT_EQ(init->tag, 7U);
  EXPECT_EQ(init->window, 65'536U);
  EXPECT_EQ(init->outbound, 1024);
  EXPECT_EQ(init->inbound, 1024);
  EXPECT_EQ(init->initial_tsn, 5U);
  EXPECT_TRUE(init->forward_tsn && init->reconfig);
  EXPECT_EQ(written([&](auto& writer) { writer.init(SctpChunkType::init, *init); }).chunks(), init_chunk);
}

TEST(SctpInit, ACookieComesBack) {
  const base::Bytes cookie{1, 2, 3, 4, 5};
  const SctpInit init{7, 1000, 1, 1, 5, false, false, cookie};
  const auto chunks = written([&](auto& writer) { writer.init(SctpChunkType::init_ack, init); }).chunks();
  const auto parsed = parse_sctp_init(only_chunk(chunks)->value);
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(std::ranges::equal(parsed->cookie, cookie));
  EXPECT_FALSE(parsed->forward_tsn || parsed->reconfig);
}

TEST(SctpInit, UnknownParametersArePassedOverOrEndTheReading) {
  auto bytes = init_chunk;
  bytes[20] = 0x80, bytes[21] = 0x01;  // "zero checksum acceptable" (RFC 9653) in place of forward TSN
  auto init = parse_sctp_init(only_chunk(bytes)->value);
  ASSERT_TRUE(init);
  EXPECT_TRUE(init->reconfig && init->forward_tsn) << "by the list of extensions";
  bytes[20] = 0x40, bytes[21] = 0x01;  // who does not know this one stops here (§3.2.1)
  init = parse_sctp_init(only_chunk(bytes)->value);
  ASSERT_TRUE(init);
  EXPECT_FALSE(init->reconfig);
}

TEST(SctpInit, WithoutTagOrStreamsIsNone) {
  for (const std::size_t at : {4, 12, 14}) {
    auto bytes = init_chunk;
    std::fill_n(bytes.begin() + std::ptrdiff_t(at), at == 4 ? 4 : 2, std::uint8_t(0));
    EXPECT_FALSE(parse_sctp_init(only_chunk(bytes)->value)) << at;
  }
  for (std::size_t size = 0; size < 16; ++size)
    EXPECT_FALSE(parse_sctp_init(base::ByteView(init_chunk).subspan(4, size)));
}

// §3.3.4: everything up to 12, then 14 and 15, then 17; 12 came twice.
const base::Bytes sack_chunk{3, 0, 0, 28, 0, 0, 0, 12, 0, 0, 0x12, 0x34, 0, 2,
                             0, 1, 0, 2,  0, 3, 0, 5,  0, 5, 0,    0,    0, 12};

TEST(SctpSack, IsReadAndWritten) {
  const auto sack = parse_sctp_sack(only_chunk(sack_chunk)->value);
  ASSERT_TRUE(sack);
  EXPECT_EQ(sack->cumulative_tsn, 12U);
  EXPECT_EQ(sack->window, 0x1234U);
  ASSERT_EQ(sack->gap_count(), 2U);
  EXPECT_EQ(sack->gap(0).start, 2);
  EXPECT_EQ(sack->gap(0).end, 3);
  EXPECT_EQ(sack->gap(1).start, 5);
  const std::array<SctpGap, 2> gaps{{{2, 3}, {5, 5}}};
  const std::array<std::uint32_t, 1> duplicates{12};
  EXPECT_EQ(written([&](auto& writer) { writer.sack(12, 0x1234, gaps, duplicates); }).chunks(), sack_chunk);
}

TEST(SctpSack, CountsBeyondTheChunkAreRefused) {
  auto bytes = sack_chunk;
  bytes[13] = 4;
  EXPECT_FALSE(parse_sctp_sack(only_chunk(bytes)->value));
  bytes[13] = 2, bytes[15] = 2;
  EXPECT_FALSE(parse_sctp_sack(only_chunk(bytes)->value));
}

// RFC 3758 §3.2.
TEST(SctpForwardTsn, IsReadAndWritten) {
  const base::Bytes bytes{192, 0, 0, 16, 0, 0, 0, 20, 0, 1, 0, 8, 0, 3, 0, 0};
  const auto forward = parse_sctp_forward_tsn(only_chunk(bytes)->value);
  ASSERT_TRUE(forward);
  EXPECT_EQ(forward->cumulative_tsn, 20U);
  ASSERT_EQ(forward->stream_count(), 2U);
  EXPECT_EQ(forward->stream(0).stream, 1);
  EXPECT_EQ(forward->stream(0).ssn, 8);
  const std::array<SctpSkipped, 2> streams{{{1, 8}, {3, 0}}};
  EXPECT_EQ(written([&](auto& writer) { writer.forward_tsn(20, streams); }).chunks(), bytes);
}

// RFC 6525 §4.1: request 5, no response meant, last TSN 9, streams 1 and 4.
TEST(SctpReconfig, AnOutgoingResetIsReadAndWritten) {
  const base::Bytes bytes{130, 0, 0, 24, 0, 13, 0, 20, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 9, 0, 1, 0, 4};
  SctpParameterReader parameters(only_chunk(bytes)->value);
  const auto parameter = parameters.next();
  ASSERT_TRUE(parameter);
  EXPECT_EQ(parameter->type, sctp_outgoing_reset);
  const auto reset = parse_sctp_outgoing_reset(parameter->value);
  ASSERT_TRUE(reset);
  EXPECT_EQ(reset->request, 5U);
  EXPECT_EQ(reset->response, 3U);
  EXPECT_EQ(reset->last_tsn, 9U);
  ASSERT_EQ(reset->stream_count(), 2U);
  EXPECT_EQ(reset->stream(1), 4);
  const std::array<std::uint16_t, 2> streams{1, 4};
  EXPECT_EQ(written([&](auto& writer) { writer.outgoing_reset(5, 3, 9, streams); }).chunks(), bytes);
}

TEST(SctpReconfig, AResponseIsReadAndWritten) {
  const base::Bytes bytes{130, 0, 0, 16, 0, 16, 0, 12, 0, 0, 0, 5, 0, 0, 0, 6};
  SctpParameterReader parameters(only_chunk(bytes)->value);
  const auto response = parse_sctp_reconfig_response(parameters.next()->value);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->request, 5U);
  EXPECT_EQ(response->result, SctpReconfigResult::in_progress);
  EXPECT_EQ(written([&](auto& writer) { writer.reconfig_response(*response); }).chunks(), bytes);
}

TEST(SctpAbort, SaysWhy) {
  const auto out = written([](auto& writer) { writer.abort(0, 13, "why"); });
  EXPECT_EQ(out.chunks(), (base::Bytes{6, 0, 0, 11, 0, 13, 0, 7, 'w', 'h', 'y', 0}));
}

TEST(SctpShutdown, NamesTheCumulativeTsn) {
  const auto out = written([](auto& writer) { writer.shutdown(77); });
  EXPECT_EQ(out.chunks(), (base::Bytes{7, 0, 0, 8, 0, 0, 0, 77}));
  EXPECT_EQ(parse_sctp_shutdown(only_chunk(out.chunks())->value), 77U);
  EXPECT_FALSE(parse_sctp_shutdown(base::Bytes{1, 2, 3}));
}

TEST(SctpChunks, SeveralArePaddedApartAndTheLastNeedsNoPadding) {
  const base::Bytes chunks{10, 0, 0, 5, 42, 0, 0, 0, 4, 0, 0, 6, 1, 2};
  SctpChunkReader reader(chunks);
  const auto first = reader.next();
  ASSERT_TRUE(first && first->is(SctpChunkType::cookie_echo));
  EXPECT_EQ(first->value.size(), 1U);
  const auto second = reader.next();
  ASSERT_TRUE(second && second->is(SctpChunkType::heartbeat));
  EXPECT_EQ(second->value.size(), 2U);
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ok());
}

TEST(SctpChunks, LengthsThatLieEndTheReading) {
  for (const base::Bytes& chunks : {base::Bytes{0, 0, 0, 3}, base::Bytes{0, 0, 0, 0}, base::Bytes{0, 0, 0, 9, 1}}) {
    SctpChunkReader reader(chunks);
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.ok());
  }
}

}  // namespace
}  // namespace greenroom::wire
