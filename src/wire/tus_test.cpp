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
  fields.checksum = "sha1 AAAA";
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

TEST(Tus, MetadataIsBounded) {
  std::string many = "k0";
  for (std::size_t i = 1; i < max_tus_metadata_entries; ++i) many += ",k" + std::to_string(i);
  EXPECT_EQ(parse_tus_metadata(many)->size(), max_tus_metadata_entries);
  EXPECT_FALSE(parse_tus_metadata(many + ",more"));
  EXPECT_FALSE(parse_tus_metadata("a " + std::string(max_tus_metadata_length, 'A')));
}

}  // namespace
}  // namespace greenroom::wire
