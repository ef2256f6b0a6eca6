// Against what AWS has published: the examples of the S3 API reference and the aws-sig-v4-test-suite.
#include "crypto/aws_signature.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::crypto {
namespace {

using testing::HasSubstr;

const AwsCredentials s3_credentials{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
const AwsCredentials suite_credentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const AwsScope s3{"us-east-1"};
const AwsScope suite{"us-east-1", "service"};
const base::WallTime s3_date = *base::parse_rfc3339("2013-05-24T00:00:00Z");
const base::WallTime suite_date = *base::parse_rfc3339("2015-08-30T12:36:00Z");

std::string hash_of(std::string_view text) { return to_hex(sha256(base::as_bytes(text))); }

std::string s3_signature(AwsRequest request, std::string_view body = {}) {
  const auto hash = hash_of(body);
  request.headers.emplace_back("Host", "examplebucket.s3.amazonaws.com");
  request.headers.emplace_back("x-amz-content-sha256", hash);
  const auto fields = aws_sign(std::move(request), hash, s3_credentials, s3, s3_date);
  EXPECT_EQ(fields.back().first, "Authorization");
  return fields.back().second;
}

TEST(AwsSignature, IsThatOfTheS3Reference) {
  EXPECT_EQ(s3_signature({"GET", "/test.txt", {}, {{"Range", "bytes=0-9"}}}),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  const AwsRequest put{"PUT",
                       "/test$file.text",
                       {},
                       {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}};
  EXPECT_THAT(s3_signature(put, "Welcome to Amazon S3."),
              HasSubstr("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
  EXPECT_THAT(s3_signature({"GET", "/", {{"lifecycle", ""}}, {}}),
              HasSubstr("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
  EXPECT_THAT(s3_signature({"GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}, {}}),
              HasSubstr("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(AwsSignature, SignsLinksAsTheS3ReferenceDoes) {
  const AwsRequest get{"GET", "/test.txt", {}, {{"Host", "examplebucket.s3.amazonaws.com"}}};
  EXPECT_EQ(aws_presign(get, std::chrono::hours(24), s3_credentials, s3, s3_date),
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F"
            "aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

struct SuiteCase {
  const char* name;
  AwsRequest request;
  const char* signature;
};

std::vector<SuiteCase> suite_cases() {
  const std::string unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const auto get = [](AwsFields headers) { return AwsRequest{"GET", "/", {}, std::move(headers)}; };
  return {
      {"get-vanilla", get({}), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"get-utf8", {"GET", "/\u1234"}, "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-unreserved", {"GET", "/" + unreserved}, "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-vanilla-query-order-key-case",
       {"GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}},
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-query-unreserved",
       {"GET", "/", {{unreserved, unreserved}}},
       "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
      {"get-vanilla-utf8-query",
       {"GET", "/", {{"\u1234", "bar"}}},
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-header-key-duplicate", get({{"My-Header1", "value2"}, {"my-header1", "value2"}, {"My-Header1", "value1"}}),
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-header-value-order",
       get({{"My-Header1", "value4"}, {"My-Header1", "value1"}, {"My-Header1", "value3"}, {"My-Header1", "value2"}}),
       "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
      {"get-header-value-multiline", get({{"My-Header1", "value1\n  value2\r\n     value3"}}),
       "ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790"},
      {"get-header-value-trim", get({{"My-Header1", " value1 "}, {"My-Header2", " \"a   b   c\""}}),
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"post-vanilla", {"POST", "/"}, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
  };
}

TEST(AwsSignature, IsThatOfTheTestSuite) {
  for (auto& [name, request, signature] : suite_cases()) {
    AwsRequest signed_request = request;
    signed_request.headers.emplace_back("Host", "example.amazonaws.com");
    const auto fields = aws_sign(std::move(signed_request), hash_of(""), suite_credentials, suite, suite_date);
    EXPECT_THAT(fields.back().second, HasSubstr(fmt::format("Signature={}", signature))) << name;
  }
}

TEST(AwsSignature, EncodesWhatIsNotUnreserved) {
  EXPECT_EQ(aws_encode_path("/a b/c+d/e%2F/ü~*'()!"), "/a%20b/c%2Bd/e%252F/%C3%BC~%2A%27%28%29%21");
  EXPECT_EQ(aws_encode_query({{"b", "/ +="}, {"a", ""}}), "a=&b=%2F%20%2B%3D");
  EXPECT_EQ(aws_encode_query({}), "");
}

TEST(AwsSignature, SortsAQueryByNameAndThenByValueAsEncoded) {
  EXPECT_EQ(aws_encode_query({{"a", "2"}, {"a-b", ""}, {"a", "10"}, {"A", "x"}, {"a", "1"}}), "A=x&a=1&a=10&a=2&a-b=");
}

TEST(AwsSignature, SignsTheTokenOfTemporaryCredentials) {
  auto credentials = s3_credentials;
  credentials.session_token = "token/+=";
  const AwsRequest request{"GET", "/x", {}, {{"Host", "h"}}};
  const auto fields = aws_sign(request, hash_of(""), credentials, s3, s3_date);
  EXPECT_THAT(fields.back().second, HasSubstr("SignedHeaders=host;x-amz-date;x-amz-security-token"));
  EXPECT_THAT(aws_presign(request, std::chrono::minutes(1), credentials, s3, s3_date),
              HasSubstr("X-Amz-Security-Token=token%2F%2B%3D&X-Amz-SignedHeaders=host&X-Amz-Signature="));
}

}  // namespace
}  // namespace greenroom::crypto
