// A DTLS connection after its handshake, in a few hundred bytes: application data, alerts, and the answer to a peer
// that did not hear our last flight (RFC 6347 §4.2.4). Made from what the handshake left; the object that made it is
// let go. Owned by a DtlsEndpoint, one thread. Invariant: only what proved authentic has an effect, and nobody is sent
// more bytes in answer than came.
#pragma once
#include "crypto/detail/dtls_queues.hpp"
#include "crypto/detail/dtls_records.hpp"

namespace greenroom::crypto {

// RFC 5246 §7.2.
enum class AlertLevel : std::uint8_t { warning = 1, fatal = 2 };
enum class AlertDescription : std::uint8_t { close_notify = 0, no_renegotiation = 100 };

class DtlsSession {
 public:
  DtlsSession(const RecordKeys& keys, RecordNumbers next) : records_(keys, next) {}

  // Datagrams that came before the session was made go in first. Then, if our flight was the last, what the handshake
  // sent: ChangeCipherSpec and Finished, and before them perhaps an earlier flight once more. False without a Finished.
  void deliver(base::ByteView datagram, DtlsQueues& queues);
  bool repeat_on_demand(base::ByteView sent);
  void rest() { records_.release_contexts(); }
  bool send(base::ByteView data, DtlsQueues& queues);
  void close(DtlsQueues& queues);

  ChannelState state() const { return state_; }  // failed: by the peer's alert
  std::uint8_t alert() const { return alert_; }

 private:
  void handle(RecordType type, base::ByteView content, DtlsQueues& queues);
  void on_handshake(base::ByteView message, DtlsQueues& queues);
  void on_alert(base::ByteView alert, DtlsQueues& queues);
  void repeat_last_flight(DtlsQueues& queues);
  void answer(AlertDescription description, DtlsQueues& queues);
  bool pay(std::size_t bytes);
  void say(AlertDescription description, DtlsQueues& queues);

  static constexpr std::size_t finished_size = 12 + 12;  // header and verify_data (RFC 6347 §4.2.2, RFC 5246 §7.4.9)

  RecordLayer records_;
  std::array<std::uint8_t, finished_size> finished_{};  // ours, to be sent again; zeros when theirs was the last
  std::uint64_t clear_sequence_ = 0;                    // of the next record of epoch 0
  std::uint32_t credit_ = 0;                            // bytes received and not yet answered
  ChannelState state_ = ChannelState::connected;
  std::uint8_t alert_ = 0;
};

}  // namespace greenroom::crypto
