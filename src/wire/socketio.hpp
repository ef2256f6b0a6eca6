// Socket.IO v5 packets (github.com/socketio/socket.io-protocol): the text of one Engine.IO message, and the binary
// messages that follow it. A packet keeps its attachments beside its JSON: where one belongs, the JSON holds
// {"_placeholder":true,"num":n}, and every such n is checked to have its attachment. Assembler is the one piece of
// state, owned by a connection; it holds at most one unfinished packet, bounded in attachments and bytes.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace greenroom::wire::socketio {

enum class PacketType : std::uint8_t { connect, disconnect, event, ack, connect_error, binary_event, binary_ack };

struct Packet {
  PacketType type = PacketType::event;
  std::string name_space = "/";
  std::optional<std::uint64_t> id;  // of an event that wants an acknowledgement, or of the acknowledgement
  boost::json::value payload;  // connect: object or null; event, ack: array; connect_error: object; disconnect: null
  std::vector<std::string> attachments;
};

inline constexpr base::ErrorCode malformed{base::ErrorKind::invalid, "socketio.malformed"};
inline constexpr std::size_t attachments_max = 10;
inline constexpr std::size_t attachment_bytes_max = 4'000'000;  // of one packet, together
inline constexpr std::size_t depth_max = 32;                    // of its JSON
inline constexpr std::size_t name_space_max = 256;              // bytes

boost::json::object placeholder(std::size_t attachment);

// The text of a packet; its attachments follow as binary messages. An event or acknowledgement with attachments is
// printed as its binary type.
std::string encode_text(const Packet& packet);

class Assembler {
 public:
  // A packet when this message completed one, nothing while attachments are still to come. After an error the
  // connection is to be closed.
  base::Result<std::optional<Packet>> text(std::string_view message);
  base::Result<std::optional<Packet>> binary(std::string attachment);

 private:
  Packet pending_;
  std::size_t missing_ = 0;  // attachments
  std::size_t bytes_ = 0;
};

}  // namespace greenroom::wire::socketio
