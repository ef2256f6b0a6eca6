#include "wire/tus.hpp"

#include <gtest/gtest.h>

namespace greenroom::wire {
namespace {

TusFields patch() {
  TusFields fields;
  fields.resumable = "1.0.0";
  fields.content_type = tus_content_type;
  fields.offset = "70";
  return fields;
}

TEST(Tus, VersionMustBeExact) {
  TusFields fields;
  EXPECT_EQ(check_tus_version(fields).error().code, error_tus_version);
  fields.resumable = "0.2.2";
  EXPECT_FALSE(check_tus_version(fields));
  fields.resumable = "1.0.0";
  EXPECT_TRUE(check_tus_version(fields));
}

TEST(Tus, CreationWantsALengthOrItsDeferral) {
  TusFields fields;
  EXPECT_EQ(parse_tus_creation(fields, false).error().code, error_tus_header);
  fields.length = "100";
  EXPECT_EQ(parse_tus_creation(fields, false)->length, 100u);
  fields.defer_length = "1";
  EXPECT_FALSE(parse_tus_creation(fields, false));
  fields.length.reset();
  EXPECT_EQ(parse_tus_creation(fields, false)->length, std::nullopt);
  fields.defer_length = "2";
  EXPECT_FALSE(parse_tus_creation(fields, false));
}

TEST(Tus, NumbersAreDigitsOnly) {
  for (std::string_view bad :
       {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "99999999999999999999"}) {
    TusFields fields = patch();
    fields.offset = bad;
    EXPECT_FALSE(parse_tus_append(fields)) << bad;
  }
  TusFields fields = patch();
  fields.offset = "9223372036854775807";
  EXPECT_TRUE(parse_tus_append(fields));
}

TEST(Tus, AppendWantsItsContentTypeAndOffset) {
  EXPECT_EQ(parse_tus_append(patch())->offset, 70u);
  TusFields fields = patch();
  fields.content_type = "application/octet-stream";
  EXPECT_EQ(parse_tus_append(fields).error().code, error_tus_content_type);
  fields = patch();
  fields.offset.reset();
  EXPECT_EQ(parse_tus_append(fields).error().code, error_tus_header);
  fields = patch();
  fields.checksum = "sha512 AAAA";
  EXPECT_EQ(parse_tus_append(fields).error().code, error_tus_checksum);
  fields = patch();
  fields.length = "100";
  EXPECT_EQ(parse_tus_append(fields)->length, 100u);
}

TEST(Tus, CreationWithUploadChecksTheBodysType) {
  TusFields fields;
  fields.length = "5";
  EXPECT_EQ(parse_tus_creation(fields, true).error().code, error_tus_content_type);
  fields.content_type = tus_content_type;
  EXPECT_TRUE(parse_tus_creation(fields, true));
}

TEST(Tus, AChecksumIsAnAlgorithmThatIsOfferedAndADigestOfItsSize) {
  const auto sum = parse_tus_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->algorithm, ChecksumAlgorithm::sha1);
  EXPECT_EQ(sum->digest.size(), 20u);
  EXPECT_EQ(sum->digest[0], 0x2a);
  EXPECT_EQ(parse_tus_checksum("crc32 DUoRhQ==")->digest, (base::Bytes{0x0d, 0x4a, 0x11, 0x85}));
  EXPECT_EQ(parse_tus_checksum("md5 XrY7u+Ae7tCTyyK7j1rNww==")->algorithm, ChecksumAlgorithm::md5);
  for (std::string_view bad : {"", "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha3 AAAA", " sha1 AAAA"})
    EXPECT_EQ(parse_tus_checksum(bad).error().code, error_tus_checksum) << bad;
  for (std::string_view bad : {"sha1", "sha1 ", "sha1 AAAA", "crc32 !!!!!!==", "sha1  Kq5sNclPz7QV2+lfQIuc6R7oRu0="})
    EXPECT_EQ(parse_tus_checksum(bad).error().code, error_tus_header) << bad;
  TusFields fields;
  fields.length = "5";
  fields.content_type = tus_content_type;
  fields.checksum = "crc32 DUoRhQ==";
  EXPECT_TRUE(parse_tus_creation(fields, true)->checksum);
  EXPECT_FALSE(parse_tus_creation(fields, false)->checksum);
}

TEST(Tus, ConcatIsPartialOrNamesItsParts) {
  EXPECT_FALSE(parse_tus_concat("partial")->is_final());
  EXPECT_EQ(parse_tus_concat("final;/files/a /files/b")->partials, (std::vector<std::string>{"/files/a", "/files/b"}));
  EXPECT_EQ(parse_tus_concat("final; https://x/files/a")->partials, (std::vector<std::string>{"https://x/files/a"}));
  for (std::string_view bad : {"", "Partial", "final", "final;", "final; ", "final /a", "partial;/a"})
    EXPECT_EQ(parse_tus_concat(bad).error().code, error_tus_header) << bad;
  std::string many = "final;";
  for (std::size_t i = 0; i < max_tus_partials; ++i) many += "/a ";
  EXPECT_TRUE(parse_tus_concat(many));
  EXPECT_FALSE(parse_tus_concat(many + "/a"));
}

TEST(Tus, AFinalUploadHasNoLengthAndNoBodyOfItsOwn) {
  TusFields fields;
  fields.concat = "final;/a";
  EXPECT_TRUE(parse_tus_creation(fields, false)->concat->is_final());
  fields.length = "10";
  EXPECT_EQ(parse_tus_creation(fields, false).error().code, error_tus_header);
  fields.length.reset();
  fields.content_type = tus_content_type;
  EXPECT_EQ(parse_tus_creation(fields, true).error().code, error_tus_final);
  fields.concat = "partial";
  EXPECT_EQ(parse_tus_creation(fields, false).error().code, error_tus_header);
  fields.defer_length = "1";
  EXPECT_FALSE(parse_tus_creation(fields, false)->concat->is_final());
}

TEST(Tus, MetadataIsPairsOfKeyAndBase64) {
  using Entries = std::vector<TusMetadataEntry>;
  EXPECT_EQ(*parse_tus_metadata(""), Entries());
  EXPECT_EQ(*parse_tus_metadata("filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential"),
            (Entries{{"filename", "world_domination_plan.pdf"}, {"is_confidential", ""}}));
  EXPECT_EQ(*parse_tus_metadata("a AA==, b AAA="), (Entries{{"a", std::string(1, '\0')}, {"b", std::string(2, '\0')}}));
  for (std::string_view bad : {",", "a YQ==,", "a YQ", "a YQ=", "a ====", "a Y===", "a !!!!",
                               "a YR==", "a YQ==,a YQ==", " ", "\xc3\xa4 YQ==", "a YQ== x"}) {
    EXPECT_FALSE(parse_tus_metadata(bad)) << bad;
  }
}

TEST(Tus, MetadataIsPrintedAsItIsRead) {
  for (const std::string value : {"", "a", "ab", "abc", "abcd", "\xff\xfe\x00"}) {
    const auto entries = parse_tus_metadata(print_tus_metadata("filename", value));
    ASSERT_TRUE(entries) << value;
    EXPECT_EQ(entries->at(0), (TusMetadataEntry{"filename", value}));
  }
}

TEST(Tus, MetadataIsBounded) {
  std::string many = "k0";
  for (std::size_t i = 1; i < max_tus_metadata_entries; ++i) many += ",k" + std::to_string(i);
  EXPECT_EQ(parse_tus_metadata(many)->size(), max_tus_metadata_entries);
  EXPECT_FALSE(parse_tus_metadata(many + ",more"));
  EXPECT_FALSE(parse_tus_metadata("a " + std::string(max_tus_metadata_length, 'A')));
}

}  // namespace
}  // namespace greenroom::wire
