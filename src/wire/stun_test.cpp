#include "wire/stun.hpp"

#include "wire/crc32.hpp"

namespace greenroom::wire {
namespace {

using base::Bytes;

constexpr std::string_view password = "VOkJxbRl1RmTxUk/WvJxBt";

// RFC 5769 §2.1, §2.2, §2.3.
const Bytes rfc_request = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87,
    0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6c,
    0x69, 0x65, 0x6e, 0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff, 0x80, 0x29, 0x00, 0x08, 0x93, 0x2f,
    0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09, 0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76,
    0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14, 0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e,
    0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49, 0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf};
const Bytes rfc_response_v4 = {0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
                               0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74,
                               0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01,
                               0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43, 0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99,
                               0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9, 0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b,
                               0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c, 0x96};
const Bytes rfc_response_v6 = {
    0x01, 0x01, 0x00, 0x48, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf,
    0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20, 0x00, 0x20,
    0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe,
    0xd2, 0xb9, 0xd9, 0x00, 0x08, 0x00, 0x14, 0xa3, 0x82, 0x95, 0x4e, 0x4b, 0xe6, 0x7b, 0xf1, 0x17, 0x84, 0xc9, 0x7c,
    0x82, 0x92, 0xc2, 0x75, 0xbf, 0xe3, 0xed, 0x41, 0x80, 0x28, 0x00, 0x04, 0xc8, 0xfb, 0x0b, 0x4c};

// Stands for HMAC-SHA1, which wire does not have: any keyed digest shows what is covered. The real one is checked
// against the vectors in crypto's tests.
std::array<std::uint8_t, 20> toy_hmac(base::ByteView key, base::ByteView data) {
  std::array<std::uint8_t, 20> tag{};
  for (std::size_t i = 0; i < 5; ++i) base::store_u32(&tag[4 * i], crc32(data, crc32(key, std::uint32_t(i))));
  return tag;
}

const StunTransactionId transaction_id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

TEST(Stun, ReadsTheRequestOfRfc5769) {
  const auto m = StunMessage::parse(rfc_request);
  ASSERT_TRUE(m);
  EXPECT_EQ(m->message_class, StunClass::request);
  EXPECT_EQ(m->method, stun_binding);
  EXPECT_EQ(m->username, "evtj:h6vY");
  EXPECT_EQ(m->priority, 0x6e0001ffU);
  EXPECT_EQ(m->ice_controlled, 0x932ff9b151263b36U);
  EXPECT_FALSE(m->ice_controlling);
  EXPECT_FALSE(m->use_candidate);
  EXPECT_TRUE(m->has_integrity);
  EXPECT_TRUE(m->has_fingerprint);
  EXPECT_FALSE(m->unknown_required);
}

// What the digest is asked to cover; crypto/hash_test.cpp shows that HMAC-SHA1 of it is the tag of the vector.
TEST(Stun, IntegrityCoversTheMessageUpToItsTag) {
  static Bytes covered;
  const HmacSha1 spy = [](base::ByteView, base::ByteView data) {
    covered.assign(data.begin(), data.end());
    std::array<std::uint8_t, 20> tag{};
    std::copy_n(rfc_request.begin() + 80, 20, tag.begin());
    return tag;
  };
  EXPECT_TRUE(StunMessage::parse(rfc_request)->verify_integrity(base::as_bytes(password), spy));
  Bytes expected(rfc_request.begin(), rfc_request.begin() + 76);
  expected[3] = 0x50;  // ends with MESSAGE-INTEGRITY
  EXPECT_EQ(covered, expected);
}

TEST(Stun, ReadsTheResponsesOfRfc5769) {
  const auto four = StunMessage::parse(rfc_response_v4), six = StunMessage::parse(rfc_response_v6);
  ASSERT_TRUE(four && six);
  EXPECT_EQ(four->message_class, StunClass::success);
  EXPECT_EQ(base::to_string(*four->xor_mapped_address), "192.0.2.1:32853");
  EXPECT_EQ(base::to_string(*six->xor_mapped_address), "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
}

TEST(Stun, EveryFlippedBitIsNoticedByTheFingerprint) {
  for (std::size_t i = 0; i < rfc_request.size() * 8; ++i) {
    Bytes changed = rfc_request;
    changed[i / 8] = std::uint8_t(changed[i / 8] ^ 1 << i % 8);
    const auto m = StunMessage::parse(changed);
    EXPECT_FALSE(m && m->has_fingerprint) << i;
  }
}

TEST(Stun, EveryCutIsRefused) {
  for (std::size_t size = 0; size < rfc_request.size(); ++size)
    EXPECT_FALSE(StunMessage::parse(base::ByteView(rfc_request).first(size))) << size;
}

TEST(Stun, WritesARequestThatItReads) {
  Bytes buffer(300);
  const auto bytes = StunBuilder(buffer, StunClass::request, transaction_id)
                         .username("a:bc")
                         .priority(77)
                         .ice_controlling(0x1122334455667788)
                         .use_candidate()
                         .finish(base::as_bytes(password), toy_hmac);
  const auto m = StunMessage::parse(bytes);
  ASSERT_TRUE(m);
  EXPECT_EQ(m->transaction, transaction_id);
  EXPECT_EQ(m->username, "a:bc");
  EXPECT_EQ(m->priority, 77U);
  EXPECT_EQ(m->ice_controlling, 0x1122334455667788U);
  EXPECT_TRUE(m->use_candidate);
  EXPECT_TRUE(m->has_fingerprint);
  EXPECT_TRUE(m->verify_integrity(base::as_bytes(password), toy_hmac));
  EXPECT_FALSE(m->verify_integrity(base::as_bytes("other"), toy_hmac));
}

TEST(Stun, WritesTheResponsesOfRfc5769UpToTheTag) {
  for (const auto* text : {"192.0.2.1", "2001:db8:1234:5678:11:2233:4455:6677"}) {
    const auto& expected = text[3] == '.' ? rfc_response_v4 : rfc_response_v6;
    StunTransactionId transaction;
    std::copy_n(expected.begin() + 8, 12, transaction.begin());
    Bytes buffer(300);
    const auto bytes = StunBuilder(buffer, StunClass::success, transaction)
                           .software("test vector")
                           .xor_mapped_address(*base::parse_ip(text, 32853))
                           .finish(base::as_bytes(password), toy_hmac);
    ASSERT_EQ(bytes.size(), expected.size());
    const auto software_padding = 35U;  // the RFC pads with a space, we with zero
    for (std::size_t i = 0; i < expected.size() - 28; ++i) {
      if (i == software_padding) continue;
      EXPECT_EQ(bytes[i], expected[i]) << i;
    }
  }
}

TEST(Stun, WritesErrors) {
  Bytes buffer(300);
  const auto bytes = StunBuilder(buffer, StunClass::error, transaction_id)
                         .error({487, "Role Conflict"})
                         .unknown_attribute(0x77)
                         .finish();
  const auto m = StunMessage::parse(bytes);
  ASSERT_TRUE(m);
  EXPECT_EQ(m->message_class, StunClass::error);
  EXPECT_EQ(m->error->code, 487);
  EXPECT_EQ(m->error->reason, "Role Conflict");
  EXPECT_FALSE(m->has_integrity);
  EXPECT_FALSE(m->verify_integrity(base::as_bytes(password), toy_hmac));
}

TEST(Stun, ATooSmallBufferGivesNothing) {
  Bytes buffer(40);
  EXPECT_TRUE(StunBuilder(buffer, StunClass::request, transaction_id)
                  .username("a:b")
                  .finish(base::as_bytes(password), toy_hmac)
                  .empty());
}

// A message of one attribute without fingerprint.
Bytes message(std::uint16_t type, const Bytes& value, std::size_t announced) {
  Bytes bytes = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  for (const int byte : {type >> 8, int(type), 0, int(announced)}) bytes.push_back(std::uint8_t(byte));
  bytes.insert(bytes.end(), value.begin(), value.end());
  while (bytes.size() % 4 != 0) bytes.push_back(0);
  bytes[3] = std::uint8_t(bytes.size() - 20);
  return bytes;
}

TEST(Stun, UnknownAttributesAreReportedOrIgnored) {
  EXPECT_EQ(StunMessage::parse(message(0x0077, {1}, 1))->unknown_required, 0x77);
  EXPECT_FALSE(StunMessage::parse(message(0xC001, {1}, 1))->unknown_required);
}

TEST(Stun, ValuesOfTheWrongSizeAreRefused) {
  EXPECT_FALSE(StunMessage::parse(message(0x0024, {1, 2, 3}, 3))) << "priority";
  EXPECT_FALSE(StunMessage::parse(message(0x802A, {1, 2, 3, 4}, 4))) << "ice-controlling";
  EXPECT_FALSE(StunMessage::parse(message(0x0020, {0, 1, 2, 3}, 4))) << "an address without an address";
  EXPECT_FALSE(StunMessage::parse(message(0x0020, {0, 9, 2, 3, 4, 5, 6, 7}, 8))) << "an unknown family";
  EXPECT_FALSE(StunMessage::parse(message(0x0009, {0, 0, 9, 1}, 4))) << "error class 9";
  EXPECT_FALSE(StunMessage::parse(message(0x0008, {1, 2, 3, 4}, 4))) << "a short integrity";
  EXPECT_FALSE(StunMessage::parse(message(0x0006, {1, 2, 3, 4}, 40))) << "longer than the message";
}

TEST(Stun, WhatFollowsTheIntegrityIsNotTrusted) {
  Bytes bytes = message(0x0008, Bytes(20, 0), 20);
  const Bytes behind = {0x00, 0x25, 0, 0};  // USE-CANDIDATE
  bytes.insert(bytes.end(), behind.begin(), behind.end());
  bytes[3] = std::uint8_t(bytes.size() - 20);
  const auto m = StunMessage::parse(bytes);
  ASSERT_TRUE(m);
  EXPECT_TRUE(m->has_integrity);
  EXPECT_FALSE(m->use_candidate);
}

}  // namespace
}  // namespace greenroom::wire
