#include "api/idempotency.hpp"

#include <algorithm>

namespace greenroom::api {
namespace {

constexpr std::string_view field_name = "Idempotency-Key";

base::Result<std::string> read_key(std::string_view field) {
  // The draft wants a quoted string; most clients send it bare.
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
  const bool visible = std::all_of(field.begin(), field.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"'; });
  if (field.empty() || field.size() > idempotency_key_max || !visible) {
    return base::fail(error_idempotency_key, "Idempotency-Key wants 1 to 255 visible characters");
  }
  return std::string(field);
}

bool is_for_good(const net::Response& response) {
  const auto* text = std::get_if<std::string>(&response.body);
  return text && text->size() <= studio::Answers::answer_bytes_max && response.status < 500 &&
         !response.headers.find("Set-Cookie");
}

studio::KeptAnswer pack(const net::Response& response) {
  studio::KeptAnswer kept{response.status, {}, std::get<std::string>(response.body)};
  for (const auto& [name, value] : response.headers.all()) {
    if (value.find('\n') == value.npos) kept.headers += name + ": " + value + "\n";
  }
  return kept;
}

net::Response unpack(const studio::KeptAnswer& kept) {
  net::Response response{kept.status, {}, kept.body};
  std::string_view left = kept.headers;
  while (!left.empty()) {
    const auto line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(left.size(), line.size() + 1));
    const auto colon = line.find(": ");
    if (colon != line.npos) response.headers.add(line.substr(0, colon), std::string(line.substr(colon + 2)));
  }
  response.headers.set("Idempotency-Replayed", "true");
  return response;
}

// Gives the right to run back, whatever becomes of the request.
class Running {
 public:
  Running(studio::Answers& answers, studio::Answers::Ticket ticket, const Context& context)
      : answers_(answers), ticket_(std::move(ticket)), context_(context) {}
  ~Running() {
    if (!kept_) note(answers_.forget(ticket_));
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  void keep(const net::Response& response) { kept_ = note(answers_.keep(ticket_, pack(response))); }

 private:
  bool note(const base::Status& status) {
    if (!status && context_.log) {
      context_.log->error("idempotency", {{"requestId", context_.request.request_id}, {"what", status.error().what}});
    }
    return status.has_value();
  }
  studio::Answers& answers_;
  const studio::Answers::Ticket ticket_;
  const Context& context_;
  bool kept_ = false;
};

}  // namespace

bool keeps_answers(const Route& route) {
  return route.about.method == "POST" && !route.raw && !route.stream && !route.about.secret;
}

net::Response answer_once(studio::Answers& answers, const std::string& caller, const Context& context,
                          const std::function<net::Response()>& run) {
  const net::Request& request = context.request;
  const auto field = request.headers.find(field_name);
  if (!field) return run();
  const auto key = read_key(*field);
  if (!key) return problem_response(key.error(), request.request_id);
  const auto begun =
      answers.begin({caller, request.method, request.path, *key, request.query + "\n" + request.body}, context.now);
  if (!begun) return detail::answer_error(context, begun.error());
  if (begun->answer) return unpack(*begun->answer);
  Running running(answers, begun->ticket, context);
  net::Response response = run();
  if (is_for_good(response)) running.keep(response);
  return response;
}

}  // namespace greenroom::api
