// Where a request body ends: counted bytes or chunks (RFC 9112 §6-§7). Gives out slices of its input, copies nothing.
// Chunk extensions and trailers are read over within a bound and mean nothing. Pure.
#pragma once
#include <cstdint>
#include <string_view>

namespace greenroom::net {

inline constexpr std::size_t chunk_line_limit = 256;  // size, extension
inline constexpr std::size_t trailer_limit = 4096;    // all trailer lines together

class BodyFraming {
 public:
  static BodyFraming counted(std::uint64_t bytes);
  static BodyFraming chunked();

  struct Step {
    std::size_t taken = 0;  // bytes of the input used up
    std::string_view data;  // a piece of the body, inside the input
  };
  // One step; call again with the rest of the input while something is taken.
  Step next(std::string_view input);
  // Bytes of the body that come next with nothing between them; and that so many of them were taken without next().
  std::uint64_t expected() const { return state_ == State::data ? left_ : 0; }
  void took(std::uint64_t bytes);
  bool done() const { return state_ == State::done; }
  bool bad() const { return state_ == State::bad; }

 private:
  enum class State { size, extension, size_lf, data, data_cr, data_lf, trailer, trailer_lf, done, bad };
  Step take_data(std::string_view input);
  void framing_byte(char c);
  void size_byte(char c);
  void line_ended();
  void trailer_byte(char c);
  void expect(char c, char wanted, State then) { state_ = c == wanted ? then : State::bad; }

  State state_ = State::size;
  bool counted_ = false;
  std::uint64_t left_ = 0;  // of the chunk, or of the body when counted
  std::size_t line_ = 0;    // bytes of the line being read
  std::size_t size_digits_ = 0;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace greenroom::net
