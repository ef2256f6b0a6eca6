// HttpConnection's receiving half.
#include "net/detail/http_connection.hpp"
#include "net/detail/response_head.hpp"
#include "net/detail/target.hpp"
#include "net/detail/text.hpp"

namespace greenroom::net {

namespace {
BodyFraming framing_of(const RequestHead& head) {
  return head.chunked ? BodyFraming::chunked() : BodyFraming::counted(head.content_length.value_or(0));
}
}  // namespace

std::string_view HttpConnection::received() const {
  const auto data = buffer_.cdata();
  return {static_cast<const char*>(data.data()), data.size()};
}

// Whether the operation went well.
bool HttpConnection::note_timeout(bool failed) {
  timed_out_ = failed && expired_;
  if (timed_out_) ++core_->counters.timed_out;
  return !failed;
}

// Reads once, under the deadline that is set.
Task<std::optional<std::size_t>> HttpConnection::read_into(boost::asio::mutable_buffer room) {
  if (expired_) {  // between two reads under one deadline
    note_timeout(true);
    co_return std::nullopt;
  }
  auto [error, size] = co_await channel_->async_read_some(room, awaited);
  core_->counters.bytes_in += size;
  co_return note_timeout(bool(error)) ? std::optional(size) : std::nullopt;
}

Task<bool> HttpConnection::fill(std::size_t at_most) {
  const auto size = co_await read_into(buffer_.prepare(at_most));
  buffer_.commit(size.value_or(0));
  co_return size.has_value();
}

// Bytes that are nothing but body go straight to where they are wanted. The room for them doubles as long as it is
// filled, so that whoever sends slowly takes little memory; what is there already is used, but others have their turn.
Task<bool> HttpConnection::fill_piece(BodyFraming& framing, PieceBuffer& out, std::size_t cap) {
  const auto left = std::min<std::uint64_t>(framing.expected(), cap - out.size());
  if (left == 0 || buffer_.size() > 0)
    co_return co_await fill(std::max(piece_floor, std::min(read_slice, cap - out.size())));
  const auto most =
      std::min(std::max({read_slice, out.size(), out.capacity() - out.size()}), core_->options.piece_size);
  const auto room = out.room(std::min(std::size_t(left), most));
  const auto size = co_await read_into(boost::asio::buffer(room.data(), room.size()));
  out.commit(size.value_or(0));
  framing.took(size.value_or(0));
  co_return size.has_value();
}

// What still comes when nobody will look at it: from the socket itself, since TLS has ended.
Task<bool> HttpConnection::read_over() {
  if (expired_) co_return false;
  auto [error, size] = co_await socket().async_read_some(buffer_.prepare(core_->options.piece_size), awaited);
  core_->counters.bytes_in += size;
  co_return !error;
}

// An idle connection waits long; a request once begun must get its head across soon, however it is dripped.
Task<std::optional<RequestHead>> HttpConnection::read_head() {
  const auto limit = core_->options.head_limit;
  HeadScanner scanner;
  bool begun = false;
  if (buffer_.size() == 0) buffer_.shrink_to_fit();
  set_deadline(core_->options.idle_timeout);
  for (;;) {
    while (scanner.end() == 0 && received().starts_with("\r\n")) buffer_.consume(2);  // RFC 9112 §2.2
    const auto found = received() == "\r" ? HeadScanner::Found::incomplete : scanner.scan(received());
    const bool too_long = scanner.end() > limit || (found == HeadScanner::Found::incomplete && buffer_.size() > limit);
    if (found == HeadScanner::Found::malformed || too_long) {
      co_await refuse(too_long ? 431 : 400, too_long ? "head too long" : "malformed head");
      co_return std::nullopt;
    }
    if (found == HeadScanner::Found::complete) break;
    if (buffer_.size() > 0 && !std::exchange(begun, true)) set_deadline(core_->options.head_timeout);
    if (co_await fill(limit + 1 - buffer_.size())) continue;
    if (timed_out_ && begun) co_await refuse(408, "head timeout");
    broken_ = true;
    co_return std::nullopt;
  }
  auto head = parse_request_head(received().substr(0, scanner.end()));
  if (!head) {
    co_await refuse(head.error().status, head.error().reason);
    co_return std::nullopt;
  }
  if (head->wants_web_socket) raw_head_ = received().substr(0, scanner.end());
  buffer_.consume(scanner.end());
  co_return std::move(*head);
}

auto HttpConnection::make_exchange(RequestHead head) -> std::optional<Exchange> {
  auto target = parse_target(head.target);
  if (!target || (target->path == "*" && head.method != "OPTIONS")) return std::nullopt;
  Exchange out;
  out.keep = head.keep_alive;
  const auto override_field = head.headers.find("x-http-method-override");
  if (override_field && head.method == "POST" && is_token(*override_field)) head.method = *override_field;
  out.about.method = head.method;
  for (std::string_view name : {"range", "if-range", "if-match", "if-none-match", "accept-encoding"}) {
    if (auto value = head.headers.find(name)) out.about.headers.add(name, std::string(*value));
  }
  out.request = {
      head.method, std::move(target->path), std::move(target->query), std::move(head.headers), {}, peer_.remote,
      request_id_, channel_->is_tls()};
  look_behind_proxies(out.request, core_->options.trusted_proxies);
  out.head = std::move(head);
  return out;
}

// Everything of the body that is in the buffer, up to `cap` bytes in `out`.
void HttpConnection::take_received(BodyFraming& framing, PieceBuffer& out, std::size_t cap) {
  while (buffer_.size() > 0 && out.size() < cap) {
    const auto step = framing.next(received().substr(0, cap - out.size()));
    out.append(base::as_bytes(step.data));
    buffer_.consume(step.taken);
    if (step.taken == 0) return;
  }
}

// Reads until `out` holds `enough` bytes and no more have come, or `cap` bytes, or the body ends, well or badly. False:
// the peer is gone or too slow.
Task<bool> HttpConnection::gather(BodyFraming& framing, PieceBuffer& out, std::size_t enough, std::size_t cap) {
  auto progress = core_->options.body_progress;  // since the deadline was set; a drip does not move it
  for (;;) {
    take_received(framing, out, cap);
    if (framing.done() || framing.bad() || out.size() >= cap) co_return true;
    if (out.size() >= enough && !more_has_come()) co_return true;
    if (progress >= core_->options.body_progress) {
      set_deadline(core_->options.body_timeout);
      progress = 0;
    }
    const auto before = buffer_.size() + out.size();
    if (!co_await fill_piece(framing, out, cap)) co_return false;
    progress += buffer_.size() + out.size() - before;
  }
}

bool HttpConnection::more_has_come() {
  boost::system::error_code ignored;
  return socket().available(ignored) > 0;
}

Task<void> HttpConnection::send_continue(const Exchange& exchange) {
  if (!exchange.head.expects_continue || buffer_.size() > 0) co_return;
  co_await write(base::as_bytes("HTTP/1.1 100 Continue\r\n\r\n"), {});
}

// Nothing: the body is in request.body and the handler is to be asked, or the connection is broken.
auto HttpConnection::receive(Exchange& exchange) -> Task<Answer> {
  std::unique_ptr<BodySink> sink;
  const bool asked = guarded([&] {
    if (core_->handler.stream && !core_->dead) sink = core_->handler.stream(exchange.request);
  });
  if (!asked) {
    exchange.keep = false;
    linger_ = true;
    co_return problem(500);
  }
  if (!sink) co_return co_await receive_whole(exchange);
  auto upload = std::make_shared<Upload>();
  upload->sink = std::move(sink);
  co_return co_await receive_streamed(exchange, std::move(upload));
}

auto HttpConnection::receive_whole(Exchange& exchange) -> Task<Answer> {
  const auto limit = core_->options.body_limit;
  auto framing = framing_of(exchange.head);
  PieceBuffer body;
  if (exchange.head.content_length.value_or(0) <= limit) {
    co_await send_continue(exchange);
    broken_ |= !co_await gather(framing, body, limit + 1, std::max(limit + 1, core_->options.piece_size));
  }
  if (framing.done() && body.size() <= limit) {
    exchange.request.body = base::as_text(body.bytes());
    co_return std::nullopt;
  }
  exchange.keep = false;
  linger_ = true;
  if (broken_ && !timed_out_) co_return std::nullopt;
  broken_ = cut_;
  ++core_->counters.malformed;
  co_return problem(timed_out_ ? 408 : framing.bad() ? 400 : 413);
}

auto HttpConnection::write_piece(std::shared_ptr<Upload> upload, std::size_t bytes) -> Task<Answer> {
  if (bytes == 0) co_return std::nullopt;
  auto write = [upload, bytes] { return upload->sink->write(upload->piece.bytes().first(bytes)); };
  auto verdict = co_await on_pool(std::move(write));
  upload->piece.consume(bytes);
  if (verdict) co_return std::move(*verdict);
  co_await abort_upload(upload);
  co_return problem(503);
}

// Whatever else is going on, the sink is told.
Task<void> HttpConnection::abort_upload(std::shared_ptr<Upload> upload) {
  auto tell = [upload] {
    try {
      upload->sink->aborted();
    } catch (const std::exception&) {  // it has been told
    }
    return true;
  };
  while (!cut_ && !core_->dead) {
    if (co_await on_pool(tell)) co_return;
  }
  if (!co_await on_pool(tell)) tell();
}

// What is sent here is no answer yet: whatever happens, the final one follows.
Task<void> HttpConnection::send_interim(const Exchange& exchange, std::shared_ptr<Upload> upload) {
  if (exchange.head.minor_version == 0 || !upload->sink->speaks_first()) co_return;
  auto ask = [upload] { return upload->sink->interim(); };
  const auto interim = co_await on_pool(std::move(ask));
  if (!interim || !*interim) co_return;
  const auto head = serialize_interim(**interim);
  co_await write(base::as_bytes(head), {});
}

// A body that fills a piece comes faster than it is written.
void HttpConnection::enlarge(PieceBuffer& piece) {
  if (piece.capacity() >= LargePieces::size) return;
  if (auto block = core_->large_pieces.take()) piece.move_to(std::move(block), LargePieces::size);
}

auto HttpConnection::receive_streamed(Exchange& exchange, std::shared_ptr<Upload> upload) -> Task<Answer> {
  auto framing = framing_of(exchange.head);
  co_await send_interim(exchange, upload);
  co_await send_continue(exchange);
  while (!framing.done()) {
    const auto cap = upload->piece.capacity() < LargePieces::size ? core_->options.piece_size : LargePieces::size;
    const bool alive = co_await gather(framing, upload->piece, piece_floor, cap);
    if (alive && framing.done()) break;
    const bool goes_on = alive && !framing.bad();
    // What has arrived is written, even when no more will come. Where more does, pages are whole.
    const auto odd = goes_on ? upload->piece.size() % base::page_size : 0;
    const bool full = upload->piece.size() >= cap;
    auto verdict = co_await write_piece(upload, upload->piece.size() - odd);
    if (!verdict && goes_on) {
      if (full) enlarge(upload->piece);
      continue;
    }
    exchange.keep = false;
    linger_ = true;
    broken_ |= !alive && !timed_out_;
    if (verdict) co_return verdict;
    co_await abort_upload(upload);
    if (alive || timed_out_) ++core_->counters.malformed;
    co_return problem(alive ? 400 : 408);
  }
  co_return co_await finish_upload(std::move(upload));
}

// The last piece and the end, in one turn of the pool.
auto HttpConnection::finish_upload(std::shared_ptr<Upload> upload) -> Task<Answer> {
  auto finish = [upload] {
    auto refusal = upload->piece.empty() ? std::nullopt : upload->sink->write(upload->piece.bytes());
    return refusal ? *std::move(refusal) : upload->sink->finish();
  };
  auto response = co_await on_pool(std::move(finish));
  if (response) co_return std::move(response);
  co_await abort_upload(std::move(upload));
  co_return problem(503);
}

}  // namespace greenroom::net
