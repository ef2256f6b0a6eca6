// HttpConnection's answering half.
#include <fmt/format.h>
#include <poll.h>

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "net/coding.hpp"
#include "net/detail/gzip.hpp"
#include "net/detail/http_connection.hpp"
#include "net/detail/range.hpp"
#include "net/detail/response_head.hpp"
#include "net/detail/text.hpp"

namespace greenroom::net {

constexpr std::size_t compress_inline_limit = 64 * 1024;  // about 1 ms; above, on the pool

// Brings the handler's answer, from whatever thread, to the coroutine that waits for it; the last owner answers 500.
struct HttpConnection::Reply {
  std::weak_ptr<HttpConnection> connection;
  std::shared_ptr<Answer> slot = std::make_shared<Answer>();
  std::atomic<bool> used{false};

  ~Reply() { send(Response{500, {}, {}}); }
  void send(Response response) {
    if (used.exchange(true)) return;
    auto self = connection.lock();
    if (!self) return;
    auto& core = *self->core_;
    core.bring([self = std::move(self), slot = slot, response = std::move(response)]() mutable {
      *slot = std::move(response);
      self->wake_.cancel();
    });
  }
  void watch(Responder::Gone gone) {
    auto self = connection.lock();
    if (!self || used) return;
    auto& io = self->core_->io;
    asio::dispatch(io, [self = std::move(self), question = std::weak_ptr(slot), gone = std::move(gone)]() mutable {
      self->watch_peer(std::move(question), std::move(gone));
    });
  }
};

// The server's own errors, in the shape that api gives its own (RFC 9457).
Response HttpConnection::problem(int status, std::string_view detail) {
  Response response{status, {}, {}};
  response.headers.set("Content-Type", "application/problem+json");
  if (status == 503) response.headers.set("Retry-After", "5");
  auto text = fmt::format(R"({{"type":"about:blank","title":"{}","status":{})", reason_phrase(status), status);
  if (!detail.empty()) text += fmt::format(R"(,"detail":"{}")", detail);
  response.body = text + fmt::format(R"(,"requestId":"{}"}})", request_id_);
  return response;
}

// Answers what is no request, and ends the connection: nobody knows where the next request would begin.
Task<bool> HttpConnection::refuse(int status, std::string_view reason) {
  ++core_->counters.malformed;
  if (const auto lines = core_->malformed_lines.due(now())) {
    core_->log.info("http.malformed", {{"remote", peer_.remote}, {"reason", reason}, {"count", std::int64_t(lines)}});
  }
  request_id_ = core_->make_request_id();
  linger_ = true;
  Exchange nothing;
  nothing.keep = false;
  auto response = problem(status, reason);
  co_return co_await answer(nothing, std::move(response));
}

Task<bool> HttpConnection::exchange(RequestHead head) {
  ++core_->counters.requests;
  request_id_ = core_->make_request_id();
  auto exchange = make_exchange(std::move(head));
  if (!exchange) co_return co_await refuse(400, "target");
  if (exchange->head.wants_web_socket) {
    co_await upgrade(std::move(*exchange));
    co_return false;
  }
  Answer response;
  if (exchange->head.has_body()) response = co_await receive(*exchange);
  if (broken_) co_return false;
  if (!response) response = co_await ask_handler(*exchange);
  if (broken_ || !response) co_return false;
  co_return co_await answer(*exchange, std::move(*response));
}

// Waits on the loop until done() or the limit; a cut ends it too. What makes done() true cancels wake_.
template <class Done>
Task<bool> HttpConnection::wait_for(Done done, base::Duration limit) {
  wake_.expires_after(limit);
  while (!done()) {
    if (cut_) co_return false;
    auto [error] = co_await wake_.async_wait(awaited);
    if (!error && !done()) co_return false;
  }
  co_return true;
}

auto HttpConnection::ask_handler(Exchange& exchange) -> Task<Answer> {
  if (core_->dead || !core_->handler.request) co_return problem(503);
  auto reply = std::make_shared<Reply>();
  reply->connection = weak_from_this();
  const auto slot = reply->slot;
  Responder respond([reply](Response response) { reply->send(std::move(response)); },
                    [reply](Responder::Gone gone) { reply->watch(std::move(gone)); });
  reply.reset();
  guarded([&] { core_->handler.request(std::move(exchange.request), std::move(respond)); });
  auto is_answered = [slot] { return slot->has_value(); };
  const bool answered = co_await wait_for(std::move(is_answered), core_->options.handler_timeout);
  if (!answered && !cut_) co_return problem(503, "the handler took too long");
  co_return std::move(*slot);
}

// While the handler thinks, nobody reads: the socket becomes readable when the peer hangs up, or pipelines its next
// request, after which we no longer look. A peer that has shut down its sending side counts as gone.
void HttpConnection::watch_peer(std::weak_ptr<Answer> question, Responder::Gone gone) {
  if (!channel_) return;
  socket().async_wait(Socket::wait_read, [weak = weak_from_this(), question = std::move(question),
                                          gone = std::move(gone)](boost::system::error_code error) {
    const auto self = weak.lock();
    const auto answer = question.lock();
    if (error || !self || !self->channel_ || !answer || answer->has_value()) return;
    if (self->peer_hung_up()) self->guarded([&] { gone(); });
  });
}

bool HttpConnection::peer_hung_up() {
  pollfd state{socket().native_handle(), POLLRDHUP, 0};
  return ::poll(&state, 1, 0) == 1;
}

Task<bool> HttpConnection::answer(Exchange& exchange, Response response) {
  co_await compress(exchange, response);
  auto source = co_await open_source(exchange, response);
  const bool keep = exchange.keep && !ending();
  HeadFraming framing{source.length, keep, exchange.head.minor_version};
  if (!status_has_body(response.status)) framing.content_length = std::nullopt;
  if (!framing.content_length || exchange.about.method == "HEAD") source.length = 0;
  auto head = serialize_head(response, framing, {request_id_, core_->date(), core_->options.answer_headers});
  const bool sent = co_await send(std::move(head), std::move(source));
  co_return sent&& keep;
}

// A part of a file is a part of its plain bytes, so a request with Range gets those.
Task<void> HttpConnection::compress(const Exchange& exchange, Response& response) {
  auto* text = std::get_if<std::string>(&response.body);
  auto* fixed = std::get_if<StaticBody>(&response.body);
  const auto size = text ? text->size() : fixed ? fixed->bytes.size() : 0;
  const auto type = response.headers.find("content-type");
  if (size <= core_->options.compress_above || !type || !is_compressible(*type)) co_return;
  if (response.secret || response.headers.find("content-encoding")) co_return;
  response.headers.add("Vary", "Accept-Encoding");
  const auto accepted = exchange.about.headers.find("accept-encoding");
  if (!accepted || !accepts_coding(*accepted, "gzip") || (fixed && exchange.about.headers.find("range"))) co_return;
  if (text) co_await compress_text(*text, response);
  if (fixed) co_await compress_static(*fixed, response);
}

Task<void> HttpConnection::compress_text(std::string& text, Response& response) {
  std::optional<std::string> packed;
  if (text.size() <= compress_inline_limit) {
    packed = gzip(text);
  } else {
    auto pack = [shared = std::make_shared<std::string>(text)] { return gzip(*shared); };
    packed = co_await on_pool(std::move(pack));
  }
  if (!packed) co_return;
  text = std::move(*packed);
  response.headers.set("Content-Encoding", "gzip");
  if (const auto etag = response.headers.find("etag")) response.headers.set("ETag", gzip_etag(*etag));
}

Task<void> HttpConnection::compress_static(StaticBody& body, Response& response) {
  const auto plain = body.bytes;
  const auto key = std::pair(plain.data(), plain.size());
  if (!core_->packed_static.contains(key)) {
    if (core_->packed_static_bytes + plain.size() > packed_static_limit) co_return;
    core_->packed_static_bytes += plain.size();
    auto pack = [plain] { return gzip(base::as_text(plain)); };
    auto packed = co_await on_pool(std::move(pack));
    if (!packed) co_return;
    core_->packed_static.try_emplace(key, std::move(*packed));
  }
  body.bytes = base::as_bytes(core_->packed_static.at(key));
  body.etag = gzip_etag(body.etag);
  response.headers.set("Content-Encoding", "gzip");
}

auto HttpConnection::open_source(Exchange& exchange, Response& response) -> Task<Source> {
  Source source;
  std::string etag;
  if (auto* file = std::get_if<FileBody>(&response.body)) {
    etag = std::move(file->etag);
    auto open = [path = std::move(file->path)] { return OpenFile::open(path); };
    auto opened = co_await on_pool(std::move(open));
    if (opened) source.file = std::move(*opened);
    if (!source.file) response = problem(opened ? 404 : 503);
  } else if (auto* held = std::get_if<SourceBody>(&response.body)) {
    etag = std::move(held->etag);
    source.file = std::move(held->source);
  } else if (auto* fixed = std::get_if<StaticBody>(&response.body)) {
    source.memory = fixed->bytes;
    etag = std::move(fixed->etag);
  }
  if (auto* text = std::get_if<std::string>(&response.body)) {
    source.memory = base::as_bytes(*text);
    source.length = text->size();
    co_return source;
  }
  const auto size = source.file ? source.file->size() : source.memory.size();
  const auto portion = select_portion(exchange.about, response, etag, size);
  source.first = portion.first;
  source.length = portion.length;
  co_return source;
}

Task<bool> HttpConnection::send(std::string head, Source source) {
  if (source.file && source.length > 0) {
    if (!co_await write(base::as_bytes(head), {})) co_return false;
    co_return co_await send_file(std::move(source));
  }
  auto left = source.length > 0 ? source.memory.subspan(source.first, source.length) : base::ByteView();
  auto slice = left.first(std::min(left.size(), write_slice));
  if (!co_await write(base::as_bytes(head), slice)) co_return false;
  for (left = left.subspan(slice.size()); !left.empty(); left = left.subspan(slice.size())) {
    slice = left.first(std::min(left.size(), write_slice));
    if (!co_await write(slice, {})) co_return false;
  }
  co_return true;
}

Task<bool> HttpConnection::send_file(Source source) {
  auto slice = std::make_shared<std::vector<std::uint8_t>>();
  while (source.length > 0) {
    slice->resize(std::size_t(std::min<std::uint64_t>(source.length, file_slice)));
    auto read = [file = source.file, slice, offset = source.first] { return file->read(offset, *slice); };
    const auto whole = co_await on_pool(std::move(read));
    if (!whole || !*whole) co_return false;  // the length is promised: all that is left is to hang up
    if (!co_await write(*slice, {})) co_return false;
    source.first += slice->size();
    source.length -= slice->size();
  }
  co_return true;
}

Task<bool> HttpConnection::write(base::ByteView first, base::ByteView second) {
  while (!first.empty() || !second.empty()) {
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(first.data(), first.size()),
                                                       asio::buffer(second.data(), second.size())};
    // The kernel takes more when a good part of what it holds has been read: who reads in drips is cut all the same.
    set_deadline(core_->options.write_timeout);
    auto [error, size] = co_await channel_->async_write_some(buffers, awaited);
    core_->counters.bytes_out += size;
    broken_ |= bool(error);
    if (!note_timeout(bool(error))) co_return false;
    const auto of_first = std::min(size, first.size());
    first = first.subspan(of_first);
    second = second.subspan(size - of_first);
  }
  co_return true;
}

Task<void> HttpConnection::upgrade(Exchange exchange) {
  exchange.keep = false;
  if (exchange.head.has_body()) {
    co_await refuse(400, "upgrade with a body");
    co_return;
  }
  if (exchange.request.headers.find("sec-websocket-version") != "13") {
    auto response = problem(426);
    response.headers.set("Sec-WebSocket-Version", "13");
    co_await answer(exchange, std::move(response));
    co_return;
  }
  std::optional<WebSocketHandler> handler;
  const bool asked = guarded([&] {
    if (core_->handler.web_socket && !ending()) handler = core_->handler.web_socket(exchange.request);
  });
  if (!handler) {
    auto response = problem(asked ? 404 : 500);
    co_await answer(exchange, std::move(response));
    co_return;
  }
  raw_head_ += received();
  deadline_.cancel();
  Channel channel = std::move(*channel_);
  channel_.reset();
  start_web_socket(core_, std::move(channel), std::move(peer_), std::move(raw_head_), std::move(*handler));
}

}  // namespace greenroom::net
