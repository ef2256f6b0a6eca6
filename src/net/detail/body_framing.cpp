#include "net/detail/body_framing.hpp"

#include <algorithm>

#include "net/detail/text.hpp"

namespace greenroom::net {

namespace {

constexpr std::size_t size_digits_limit = 15;  // 2^60 bytes: no overflow, and nobody has that much

}  // namespace

BodyFraming BodyFraming::counted(std::uint64_t bytes) {
  BodyFraming framing;
  framing.counted_ = true;
  framing.left_ = bytes;
  framing.state_ = bytes > 0 ? State::data : State::done;
  return framing;
}

BodyFraming BodyFraming::chunked() { return {}; }

BodyFraming::Step BodyFraming::next(std::string_view input) {
  std::size_t taken = 0;
  while (taken < input.size() && !done() && !bad()) {
    if (state_ == State::data) {
      auto step = take_data(input.substr(taken));
      step.taken += taken;
      return step;
    }
    framing_byte(input[taken++]);
  }
  return {taken, {}};
}

BodyFraming::Step BodyFraming::take_data(std::string_view input) {
  const auto size = std::size_t(std::min<std::uint64_t>(left_, input.size()));
  took(size);
  return {size, input.substr(0, size)};
}

void BodyFraming::took(std::uint64_t bytes) {
  left_ -= bytes;
  if (left_ == 0) state_ = counted_ ? State::done : State::data_cr;
}

void BodyFraming::framing_byte(char c) {
  switch (state_) {
    case State::size:
      return size_byte(c);
    case State::extension:
      if (c == '\r') return void(state_ = State::size_lf);
      if (++line_ > chunk_line_limit || is_control(c)) state_ = State::bad;
      return;
    case State::size_lf:
      return c == '\n' ? line_ended() : void(state_ = State::bad);
    case State::data_cr:
      return expect(c, '\r', State::data_lf);
    case State::data_lf:
      return expect(c, '\n', State::size);
    case State::trailer:
      return trailer_byte(c);
    case State::trailer_lf:
      if (c != '\n') return void(state_ = State::bad);
      state_ = line_ == 0 ? State::done : State::trailer;
      line_ = 0;
      return;
    case State::data:
    case State::done:
    case State::bad:
      return;
  }
}

void BodyFraming::size_byte(char c) {
  if (const int digit = hex_digit(c); digit >= 0) {
    left_ = left_ << 4 | std::uint64_t(digit);
    if (++size_digits_ > size_digits_limit) state_ = State::bad;
    return;
  }
  if (size_digits_ == 0) return void(state_ = State::bad);
  if (c == '\r') return void(state_ = State::size_lf);
  state_ = c == ';' || c == ' ' || c == '\t' ? State::extension : State::bad;
}

void BodyFraming::line_ended() {
  state_ = left_ > 0 ? State::data : State::trailer;
  line_ = 0;
  size_digits_ = 0;
}

void BodyFraming::trailer_byte(char c) {
  if (c == '\r') return void(state_ = State::trailer_lf);
  ++line_;
  if (++trailer_bytes_ > trailer_limit || is_control(c)) state_ = State::bad;
}

}  // namespace greenroom::net
