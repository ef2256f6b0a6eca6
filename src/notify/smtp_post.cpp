#include "notify/smtp_post.hpp"

#include <curl/curl.h>

#include "base/owned.hpp"
#include "net/query.hpp"

namespace greenroom::notify {
namespace {

using Url = base::Owned<CURLU, curl_url_cleanup>;
using Easy = base::Owned<CURL, curl_easy_cleanup>;
using List = base::Owned<curl_slist, curl_slist_free_all>;

Easy make_easy() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);  // counted and, since 7.84, thread-safe
  return Easy(started == CURLE_OK ? curl_easy_init() : nullptr);
}

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

std::string without_extras(CURLU* url) {
  for (const auto part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT, CURLUPART_PATH})
    curl_url_set(url, part, nullptr, 0);
  return part_of(url, CURLUPART_URL);
}

struct Reader {
  std::string_view left;
};

std::size_t read_message(char* out, std::size_t size, std::size_t count, void* user) {
  auto& left = static_cast<Reader*>(user)->left;
  const auto taken = std::min(left.size(), size * count);
  std::memcpy(out, left.data(), taken);
  left.remove_prefix(taken);
  return taken;
}

std::size_t discard(char*, std::size_t size, std::size_t count, void*) { return size * count; }

long millis(base::Duration duration) { return long(duration.count() / 1000); }

void set_server(CURL* easy, const SmtpOptions& options) {
  const auto& server = options.server;
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_URL, server.url.c_str());
  curl_easy_setopt(easy, CURLOPT_USE_SSL, server.start_tls ? long(CURLUSESSL_ALL) : long(CURLUSESSL_NONE));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
  if (!server.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, server.ca_file.c_str());
  if (!server.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, server.password.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, millis(options.connect_timeout));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, millis(options.total_timeout));
}

// RFC 5321 §4.2.1: 5yz is for good, 4yz for now; a connection that failed is for now as well.
base::Status outcome(CURL* easy, CURLcode code, const char* reason) {
  if (code == CURLE_OK) return {};
  long reply = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply);
  const auto context = fmt::format("{} (reply {}): {}", curl_easy_strerror(code), reply, reason);
  if (reply >= 500 && reply < 600 && code != CURLE_LOGIN_DENIED)
    return base::fail(mail_refused, "the mail server refuses the mail", context);
  return base::fail(mail_delayed, "the mail server does not take the mail now", context);
}

}  // namespace

base::Result<SmtpServer> parse_smtp_url(std::string_view text) {
  const auto bad = [&] { return base::fail(bad_smtp_url, "an SMTP URL is smtp://user:password@host:port"); };
  const Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), 0) != CURLUE_OK) return bad();
  const auto scheme = part_of(url.get(), CURLUPART_SCHEME), host = part_of(url.get(), CURLUPART_HOST);
  if ((scheme != "smtp" && scheme != "smtps") || host.empty()) return bad();
  const auto query = part_of(url.get(), CURLUPART_QUERY);
  const auto tls = net::find_query_parameter(query, "tls");
  if (tls && *tls != "off" && *tls != "on") return bad();
  SmtpServer server;
  server.user = part_of(url.get(), CURLUPART_USER, CURLU_URLDECODE);
  server.password = part_of(url.get(), CURLUPART_PASSWORD, CURLU_URLDECODE);
  server.ca_file = net::find_query_parameter(query, "ca").value_or("");
  server.start_tls = scheme == "smtp" && (tls ? *tls == "on" : !is_this_machine(host));
  server.url = without_extras(url.get());
  return server;
}

SmtpPost::SmtpPost(SmtpOptions options, std::function<base::WallTime()> clock, base::Rng& rng)
    : options_(std::move(options)), clock_(std::move(clock)), rng_(rng) {}

base::Status SmtpPost::send(const Mail& mail) {
  const auto stamp = make_stamp(options_.from, clock_(), rng_);
  GREENROOM_TRY(const auto message, compose_message(mail, options_.from, stamp));
  const auto easy = make_easy();
  if (!easy) return base::fail(mail_delayed, "the mail client cannot start");
  const List to(curl_slist_append(nullptr, fmt::format("<{}>", mail.to).c_str()));
  const auto from = fmt::format("<{}>", options_.from.address);
  Reader reader{message};
  char reason[CURL_ERROR_SIZE] = "";
  set_server(easy.get(), options_);
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, to.get());
  curl_easy_setopt(easy.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_READFUNCTION, &read_message);
  curl_easy_setopt(easy.get(), CURLOPT_READDATA, &reader);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &discard);
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, reason);
  return outcome(easy.get(), curl_easy_perform(easy.get()), reason);
}

}  // namespace greenroom::notify
