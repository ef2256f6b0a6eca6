#include "blob/detail/http_call.hpp"

#include <curl/curl.h>

#include <charconv>

#include "base/owned.hpp"

namespace greenroom::blob {
namespace {

using Easy = base::Owned<CURL, curl_easy_cleanup>;
using List = base::Owned<curl_slist, curl_slist_free_all>;

// Reset before each call, which keeps its connections.
CURL* easy_of_this_thread() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);  // counted and, since 7.84, thread-safe
  thread_local Easy easy(started == CURLE_OK ? curl_easy_init() : nullptr);
  if (easy) curl_easy_reset(easy.get());
  return easy.get();
}

// A call while it runs: what libcurl's callbacks are given.
struct Running {
  const HttpCall& call;
  CURL* easy;
  HttpAnswer answer;
  std::size_t sent = 0;
  bool too_large = false;
};

bool is_good(const Running& running) {
  long status = 0;
  curl_easy_getinfo(running.easy, CURLINFO_RESPONSE_CODE, &status);
  return status / 100 == 2;
}

std::size_t give_body(char* out, std::size_t size, std::size_t count, void* user) {
  auto& running = *static_cast<Running*>(user);
  const auto left = running.call.body.subspan(running.sent);
  const auto piece = left.first(std::min(left.size(), size * count));
  std::copy(piece.begin(), piece.end(), out);
  running.sent += piece.size();
  return piece.size();
}

int rewind_body(void* user, curl_off_t offset, int origin) {
  auto& running = *static_cast<Running*>(user);
  if (origin != SEEK_SET || offset < 0 || std::size_t(offset) > running.call.body.size()) return CURL_SEEKFUNC_FAIL;
  running.sent = std::size_t(offset);
  return CURL_SEEKFUNC_OK;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& running = *static_cast<Running*>(user);
  auto& answer = running.answer;
  const std::size_t length = size * count;
  const bool fill = running.call.into && is_good(running);
  const std::size_t room = fill ? running.call.into->size() - answer.received : text_answer_max - answer.body.size();
  if (length > room) return running.too_large = true, 0;
  if (fill)
    std::copy_n(data, length, running.call.into->begin() + std::ptrdiff_t(answer.received)), answer.received += length;
  else
    answer.body.append(data, length);
  return length;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view spaces = " \t\r\n";
  const auto first = text.find_first_not_of(spaces);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) + 1 - first);
}

bool is_field(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' && curl_strnequal(line.data(), name.data(), name.size());
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& answer = static_cast<Running*>(user)->answer;
  const std::string_view line(data, size * count);
  if (is_field(line, "etag")) answer.etag = trimmed(line.substr(5));
  if (is_field(line, "content-length")) {
    const auto text = trimmed(line.substr(15));
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error == std::errc() && end == text.data() + text.size()) answer.length = length;
  }
  return line.size();
}

List header_list(const HttpCall& call) {
  List list;
  const auto add = [&](const std::string& line) {
    auto* longer = curl_slist_append(list.get(), line.c_str());
    static_cast<void>(list.release());
    list.reset(longer);
  };
  for (const auto& [name, value] : call.headers) add(fmt::format("{}: {}", name, value));
  add("Expect:");  // no question before a body: every server is asked something small first
  return list;
}

void set_method(CURL* easy, Running& running) {
  const auto& method = running.call.method;
  if (method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (method == "DELETE") curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "DELETE");
  if (method != "PUT" && method != "POST") return;
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(running.call.body.size()));
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &give_body);
  curl_easy_setopt(easy, CURLOPT_READDATA, &running);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &rewind_body);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, &running);
}

void set_patience(CURL* easy, const HttpPatience& patience) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, long(patience.connect.count() / 1000));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, long(std::max<std::int64_t>(1, patience.silence.count() / 1'000'000)));
}

void set_call(CURL* easy, Running& running, const curl_slist* headers, const std::string& ca_file) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_URL, running.call.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &running);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &running);
}

}  // namespace

base::Result<HttpAnswer> perform(const HttpCall& call, const HttpPatience& patience, const std::string& ca_file) {
  CURL* easy = easy_of_this_thread();
  if (!easy) return base::fail(call_failed, "the storage cannot be called", "libcurl does not start");
  Running running{call, easy, {}};
  const List headers = header_list(call);
  set_call(easy, running, headers.get(), ca_file);
  set_method(easy, running);
  set_patience(easy, patience);
  char reason[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);
  const CURLcode code = curl_easy_perform(easy);
  if (running.too_large)
    return base::fail(call_too_large, "the storage answered with more than was asked for", call.url);
  if (code != CURLE_OK) {
    return base::fail(call_failed, "the storage does not answer",
                      fmt::format("{} {}: {} {}", call.method, call.url, curl_easy_strerror(code), reason));
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  running.answer.status = int(status);
  return std::move(running.answer);
}

}  // namespace greenroom::blob
