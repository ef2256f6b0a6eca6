#include "blob/s3_answers.hpp"

namespace greenroom::blob {
namespace {

constexpr std::string_view xmlns = "http://s3.amazonaws.com/doc/2006-03-01/";

TEST(S3Answers, ProblemsHaveACode) {
  const auto problem =
      read_problem("<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>no &amp; no</Message></Error>");
  EXPECT_EQ(problem.code, "NoSuchKey");
  EXPECT_EQ(problem.message, "no & no");
  for (const char* other : {"", "<html><body>502</body></html>", "Bad Gateway", "<Error><Code>x"})
    EXPECT_EQ(read_problem(other).code, "") << other;
}

TEST(S3Answers, ListingsArePages) {
  const auto page = read_listing(fmt::format(
      "<ListBucketResult xmlns='{}'><Name>b</Name><IsTruncated>true</IsTruncated><NextContinuationToken>t=/</"
      "NextContinuationToken><Contents><Key>a/b</Key><Size>12884901888</Size><ETag>&quot;e-2&quot;</ETag></Contents>"
      "<Contents><Key>c</Key><Size>0</Size></Contents></ListBucketResult>",
      xmlns));
  ASSERT_TRUE(page);
  ASSERT_EQ(page->objects.size(), 2u);
  EXPECT_EQ(page->objects[0].key, "a/b");
  EXPECT_EQ(page->objects[0].size, 12'884'901'888u);
  EXPECT_EQ(page->objects[0].etag, "\"e-2\"");
  EXPECT_EQ(page->next, "t=/");
  EXPECT_EQ(read_listing("<ListBucketResult/>")->next, "");
}

TEST(S3Answers, PartsArePages) {
  const auto page = read_parts(
      "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>7</NextPartNumberMarker>"
      "<Part><PartNumber>7</PartNumber><ETag>x</ETag><Size>5</Size></Part></ListPartsResult>");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->next, 7u);
  EXPECT_EQ(page->parts.at(0).number, 7u);
  EXPECT_EQ(page->parts.at(0).size, 5u);
}

TEST(S3Answers, ACompletionMayBeAProblemAllTheSame) {
  EXPECT_EQ(*read_completion("<CompleteMultipartUploadResult><ETag>\"x-2\"</ETag></CompleteMultipartUploadResult>"),
            "\"x-2\"");
  EXPECT_EQ(read_completion("<Error><Code>InternalError</Code></Error>").error().code, error_answer);
  EXPECT_EQ(completion_of({{1, "\"a\""}, {2, "b"}}),
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>b</ETag></Part></CompleteMultipartUpload>");
}

TEST(S3Answers, WhatIsNoAnswerIsRefused) {
  std::string deep, many = "<ListBucketResult>";
  for (int i = 0; i < 100; ++i) deep += "<a>";
  for (int i = 0; i < 60'000; ++i) many += "<Contents/>";
  many += "</ListBucketResult>";
  const std::string_view entity =
      "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b "
      "'&a;&a;'>]><ListBucketResult><Contents><Key>&b;</Key></Contents></ListBucketResult>";
  const std::string_view refused[] = {
      "",
      "<",
      "<ListPartsResult/>",
      "<ListBucketResult><Contents><Size>x</Size></Contents></ListBucketResult>",
      "<ListBucketResult><Contents><Size>-1</Size></Contents></ListBucketResult>",
      "<ListBucketResult><Contents><Size>99999999999999999999999</Size></Contents></ListBucketResult>",
      deep,
      many,
      entity};
  for (const auto& text : refused) EXPECT_EQ(read_listing(text).error().code, error_answer) << text.substr(0, 80);
  EXPECT_EQ(read_upload_id("<InitiateMultipartUploadResult/>").error().code, error_answer);
}

}  // namespace
}  // namespace greenroom::blob
