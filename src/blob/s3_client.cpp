#include "blob/s3_client.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include "blob/detail/http_call.hpp"
#include "blob/errors.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace greenroom::blob {
namespace {

constexpr unsigned pages_max = 1'000;  // of one listing: a server that never comes to an end is not believed

using Fields = crypto::AwsFields;

// What S3 calls a problem, and what it is to us.
struct Meaning {
  std::string_view code;
  base::ErrorCode error;
  std::string_view words;
};
constexpr std::string_view wrong_credentials = "the storage does not accept the access key or its secret";
constexpr Meaning meanings[] = {
    {"NoSuchKey", error_missing, "there are no such bytes"},
    {"NoSuchUpload", error_missing, "there is no such upload at the storage"},
    {"NoSuchBucket", error_bucket, "the storage has no such bucket"},
    {"PermanentRedirect", error_bucket, "the bucket is at another endpoint or in another region"},
    {"AuthorizationHeaderMalformed", error_bucket, "the bucket is in another region"},
    {"InvalidAccessKeyId", error_credentials, wrong_credentials},
    {"SignatureDoesNotMatch", error_credentials, wrong_credentials},
    {"InvalidToken", error_credentials, wrong_credentials},
    {"ExpiredToken", error_credentials, "the storage's temporary credentials have expired"},
    {"RequestTimeTooSkewed", error_clock, "this machine's clock and the storage's differ by more than 15 minutes"},
    {"AccessDenied", error_denied, "the storage's access key may not do this"},
    {"SlowDown", error_busy, "the storage is busy"},
    {"RequestTimeout", error_busy, "the storage got nothing for too long"},
};

tl::unexpected<base::Error> failure(const HttpCall& call, const HttpAnswer& answer) {
  const auto problem = read_problem(answer.body);
  auto context = fmt::format("{} {}: {} {} {}", call.method, call.url.substr(0, call.url.find('?')), answer.status,
                             problem.code, problem.message);
  for (const auto& meaning : meanings)
    if (meaning.code == problem.code) return base::fail(meaning.error, std::string(meaning.words), std::move(context));
  if (answer.status == 404) return base::fail(error_missing, "there are no such bytes", std::move(context));
  if (answer.status == 412) return base::fail(error_answer, "the stored bytes have changed", std::move(context));
  if (answer.status == 403) return base::fail(error_denied, "the storage refuses us", std::move(context));
  if (answer.status >= 500 || answer.status == 429)
    return base::fail(error_busy, "the storage is out of order", std::move(context));
  return base::fail(error_refused, "the storage refuses the request", std::move(context));
}

bool may_pass(const base::Error& error) { return error.code == error_busy || error.code == call_failed; }

}  // namespace

// One request as its caller thinks of it.
struct S3Client::Ask {
  std::string_view method;
  std::string path;
  Fields query = {};
  Fields headers = {};
  base::ByteView body = {};
  std::optional<base::ByteSpan> into = {};
};

base::Status set_address(S3Options& options, std::string_view address) {
  constexpr std::string_view scheme = "s3://";
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._/").find(c) != std::string_view::npos;
  };
  const auto rest = address.starts_with(scheme) ? address.substr(scheme.size()) : std::string_view();
  options.bucket = rest.substr(0, rest.find('/'));
  options.prefix = rest.substr(std::min(rest.size(), options.bucket.size() + 1));
  while (options.prefix.ends_with('/')) options.prefix.pop_back();
  const bool good = !options.bucket.empty() && std::all_of(rest.begin(), rest.end(), is_plain) &&
                    !options.prefix.starts_with('/') && rest.find("//") == rest.npos && rest.find("..") == rest.npos;
  if (!good) return base::fail(error_storage_address, "the storage's address is not like s3://bucket/prefix");
  if (!options.prefix.empty()) options.prefix += '/';
  return {};
}

base::Result<S3Client> S3Client::make(S3Options options) {
  if (options.credentials.access_key.empty() || options.credentials.secret_key.empty())
    return base::fail(error_credentials, "the storage needs an access key and its secret");
  if (options.endpoint.empty()) options.endpoint = fmt::format("https://s3.{}.amazonaws.com", options.region);
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  const auto host_at = options.endpoint.find("://");
  const auto scheme = options.endpoint.substr(0, host_at);
  const auto host = host_at == std::string::npos ? std::string() : options.endpoint.substr(host_at + 3);
  if ((scheme != "http" && scheme != "https") || host.empty() || host.find_first_of("/?#@ ") != host.npos)
    return base::fail(error_storage_address, "the storage's endpoint is not like https://host:port", options.endpoint);
  S3Client client(std::move(options));
  client.host_ = client.options_.path_style ? host : client.options_.bucket + "." + host;
  client.origin_ = scheme + "://" + client.host_;
  // What HTTP leaves out of Host is not signed either (RFC 7230 §5.4).
  const std::string_view usual = scheme == "http" ? ":80" : ":443";
  if (client.host_.ends_with(usual)) client.host_.resize(client.host_.size() - usual.size());
  return client;
}

std::string S3Client::path_of(const std::string& key) const {
  const std::string inside = options_.path_style ? "/" + options_.bucket : "";
  return fmt::format("{}/{}{}", inside, options_.prefix, key);
}

HttpCall S3Client::signed_call(const Ask& ask) const {
  const auto payload = crypto::to_hex(crypto::sha256(ask.body));
  crypto::AwsRequest request{std::string(ask.method), ask.path, ask.query, ask.headers};
  request.headers.emplace_back("Host", host_);
  request.headers.emplace_back("X-Amz-Content-Sha256", payload);
  const auto query = crypto::aws_encode_query(ask.query);
  HttpCall call{request.method,
                origin_ + crypto::aws_encode_path(ask.path) + (query.empty() ? "" : "?" + query),
                {},
                ask.body,
                ask.into};
  call.headers = crypto::aws_sign(std::move(request), payload, options_.credentials, {options_.region}, options_.now());
  return call;
}

base::Result<HttpAnswer> S3Client::once(const Ask& ask) const {
  const HttpCall call = signed_call(ask);  // anew each time: the date is signed
  GREENROOM_TRY(auto answer, perform(call, {options_.connect_patience, options_.silence_patience}, options_.ca_file));
  if (answer.status / 100 != 2) return failure(call, answer);
  return answer;
}

base::Result<HttpAnswer> S3Client::ask(const Ask& ask) const {
  auto wait = options_.backoff;
  for (unsigned attempt = 1;; ++attempt) {
    auto answer = once(ask);
    if (answer || attempt >= options_.attempts || !may_pass(answer.error())) return answer;
    std::this_thread::sleep_for(wait);
    wait *= 2;
  }
}

base::Status S3Client::check() const {
  const auto path = options_.path_style ? "/" + options_.bucket : "/";
  const Fields query{{"list-type", "2"}, {"max-keys", "1"}, {"prefix", options_.prefix}};
  GREENROOM_TRY(const auto answer, once({"GET", path, query}));
  GREENROOM_CHECK_OK(read_listing(answer.body));
  return {};
}

base::Result<std::string> S3Client::put(const std::string& key, base::ByteView bytes) const {
  GREENROOM_TRY(const auto answer, ask({"PUT", path_of(key), {}, {}, bytes}));
  return answer.etag;
}

base::Result<std::size_t> S3Client::get(const std::string& key, std::uint64_t offset, base::ByteSpan out,
                                        const std::string& etag) const {
  if (out.empty()) return std::size_t(0);
  Fields headers{{"Range", fmt::format("bytes={}-{}", offset, offset + out.size() - 1)}};
  if (!etag.empty()) headers.emplace_back("If-Match", etag);
  GREENROOM_TRY(const auto answer, ask({"GET", path_of(key), {}, std::move(headers), {}, out}));
  if (answer.status != 206 && offset > 0) return base::fail(error_answer, "the storage does not know ranges", key);
  return answer.received;
}

base::Result<S3Object> S3Client::head(const std::string& key) const {
  GREENROOM_TRY(const auto answer, ask({"HEAD", path_of(key)}));
  if (!answer.length) return base::fail(error_answer, "the storage does not say how long an object is", key);
  return S3Object{key, *answer.length, answer.etag};
}

base::Status S3Client::remove(const std::string& key) const {
  const auto answer = ask({"DELETE", path_of(key)});
  if (!answer && answer.error().code != error_missing) return tl::unexpected(answer.error());
  return {};
}

base::Result<S3Listing> S3Client::list(const std::string& start, const std::string& token) const {
  const auto path = options_.path_style ? "/" + options_.bucket : "/";
  Fields query{{"list-type", "2"}, {"prefix", options_.prefix + start}};
  if (!token.empty()) query.emplace_back("continuation-token", token);
  GREENROOM_TRY(const auto answer, ask({"GET", path, std::move(query)}));
  GREENROOM_TRY(auto listing, read_listing(answer.body));
  for (auto& object : listing.objects)
    if (object.key.starts_with(options_.prefix)) object.key.erase(0, options_.prefix.size());
  return listing;
}

base::Result<std::string> S3Client::initiate(const std::string& key) const {
  GREENROOM_TRY(const auto answer, ask({"POST", path_of(key), {{"uploads", ""}}}));
  return read_upload_id(answer.body);
}

base::Result<StoredPart> S3Client::put_part(const std::string& key, const std::string& id, unsigned number,
                                            base::ByteView bytes) const {
  Fields query{{"partNumber", std::to_string(number)}, {"uploadId", id}};
  GREENROOM_TRY(const auto answer, ask({"PUT", path_of(key), std::move(query), {}, bytes}));
  return StoredPart{number, answer.etag, bytes.size()};
}

base::Result<std::vector<StoredPart>> S3Client::parts(const std::string& key, const std::string& id) const {
  std::vector<StoredPart> all;
  unsigned marker = 0;
  for (unsigned page = 0; page < pages_max; ++page) {
    Fields query{{"uploadId", id}};
    if (marker) query.emplace_back("part-number-marker", std::to_string(marker));
    GREENROOM_TRY(const auto answer, ask({"GET", path_of(key), std::move(query)}));
    GREENROOM_TRY(const auto some, read_parts(answer.body));
    all.insert(all.end(), some.parts.begin(), some.parts.end());
    if (some.next <= marker) return all;
    marker = some.next;
  }
  return base::fail(error_answer, "the storage's listing has no end", key);
}

base::Result<std::string> S3Client::complete(const std::string& key, const std::string& id,
                                             const std::vector<StoredPart>& parts) const {
  const std::string body = completion_of(parts);
  GREENROOM_TRY(const auto answer, ask({"POST", path_of(key), {{"uploadId", id}}, {}, base::as_bytes(body)}));
  return read_completion(answer.body);
}

base::Status S3Client::abort(const std::string& key, const std::string& id) const {
  const auto answer = ask({"DELETE", path_of(key), {{"uploadId", id}}});
  if (!answer && answer.error().code != error_missing) return tl::unexpected(answer.error());
  return {};
}

base::Result<std::vector<S3Upload>> S3Client::uploads(const std::string& start) const {
  const auto path = options_.path_style ? "/" + options_.bucket : "/";
  GREENROOM_TRY(const auto answer, ask({"GET", path, {{"prefix", options_.prefix + start}, {"uploads", ""}}}));
  GREENROOM_TRY(auto found, read_uploads(answer.body));
  for (auto& upload : found)
    if (upload.key.starts_with(options_.prefix)) upload.key.erase(0, options_.prefix.size());
  return found;
}

std::string S3Client::link(const std::string& key, const S3LinkOptions& options) const {
  crypto::AwsRequest request{"GET", path_of(key), {}, {{"Host", host_}}};
  if (!options.content_type.empty()) request.query.emplace_back("response-content-type", options.content_type);
  if (!options.content_disposition.empty())
    request.query.emplace_back("response-content-disposition", options.content_disposition);
  const auto query =
      crypto::aws_presign(request, options.lifetime, options_.credentials, {options_.region}, options_.now());
  return origin_ + crypto::aws_encode_path(request.path) + "?" + query;
}

std::string S3Client::part_link(const std::string& key, const std::string& id, unsigned number,
                                base::Duration lifetime) const {
  const crypto::AwsRequest request{
      "PUT", path_of(key), {{"partNumber", std::to_string(number)}, {"uploadId", id}}, {{"Host", host_}}};
  const auto query = crypto::aws_presign(request, lifetime, options_.credentials, {options_.region}, options_.now());
  return origin_ + crypto::aws_encode_path(request.path) + "?" + query;
}

}  // namespace greenroom::blob
