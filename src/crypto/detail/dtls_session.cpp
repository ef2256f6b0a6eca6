#include "crypto/detail/dtls_session.hpp"

#include <algorithm>
#include <array>

namespace greenroom::crypto {
namespace {

constexpr std::size_t max_content = 2048;   // more than a datagram that comes through holds
constexpr std::uint32_t max_credit = 4096;  // bytes; a flight is under a hundred
enum HandshakeType : std::uint8_t { hello_request = 0, client_hello = 1, finished = 20 };

}  // namespace

void DtlsSession::deliver(base::ByteView datagram, DtlsQueues& queues) {
  credit_ = std::uint32_t(std::min<std::size_t>(credit_ + datagram.size(), max_credit));
  std::array<std::uint8_t, max_content> content;
  while (state_ == ChannelState::connected) {
    const auto record = take_record(datagram);
    if (!record) return;
    const auto size = records_.open(*record, content);
    if (size) handle(record->type, base::ByteView(content).first(*size), queues);
    if (!size && size.error() == Drop::unauthenticated) return;  // whoever wrote this wrote what follows
  }
}

void DtlsSession::handle(RecordType type, base::ByteView content, DtlsQueues& queues) {
  if (content.empty()) return;
  switch (type) {
    case RecordType::application_data:
      queues.received.push(content);
      return;
    case RecordType::handshake:
      return on_handshake(content, queues);
    case RecordType::alert:
      return on_alert(content, queues);
    case RecordType::change_cipher_spec:
      return;
  }
}

bool DtlsSession::repeat_on_demand(base::ByteView sent) {
  std::uint64_t clear_sequence = 0;
  std::optional<Record> own;
  while (const auto record = take_record(sent)) {
    if (record->epoch == 0) clear_sequence = record->sequence + 1;
    if (record->epoch == protected_epoch && record->type == RecordType::handshake) own = record;
  }
  if (!own || records_.open_own(*own, finished_) != finished_size || finished_[0] != finished) return false;
  clear_sequence_ = clear_sequence;
  return true;
}

// A repeated Finished asks for our last flight. A request for a new handshake is refused (RFC 5246 §7.2.2).
void DtlsSession::on_handshake(base::ByteView message, DtlsQueues& queues) {
  if (message[0] == finished) repeat_last_flight(queues);
  if (message[0] == hello_request || message[0] == client_hello) answer(AlertDescription::no_renegotiation, queues);
}

// Under numbers of their own (RFC 6347 §4.1): a peer may have seen a record and could not use it when it came.
void DtlsSession::repeat_last_flight(DtlsQueues& queues) {
  constexpr std::size_t clear_size = record_header_size + 1;
  if (finished_[0] != finished || clear_sequence_ > max_record_sequence) return;
  if (!pay(clear_size + finished_size + record_max_overhead)) return;
  std::array<std::uint8_t, clear_size + finished_size + record_max_overhead> datagram{
      std::uint8_t(RecordType::change_cipher_spec)};
  base::store_u16(&datagram[1], dtls_1_2);
  base::store_u64(&datagram[3], clear_sequence_++);
  base::store_u16(&datagram[11], 1);
  datagram[record_header_size] = 1;
  const auto size = records_.seal(RecordType::handshake, finished_, base::ByteSpan(datagram).subspan(clear_size));
  queues.outgoing.push(base::ByteView(datagram).first(clear_size + size));
}

void DtlsSession::on_alert(base::ByteView alert, DtlsQueues& queues) {
  if (alert.size() != 2) return;
  alert_ = alert[1];
  if (alert_ == std::uint8_t(AlertDescription::close_notify)) {
    answer(AlertDescription::close_notify, queues);  // RFC 5246 §7.2.1
    state_ = ChannelState::closed;
  } else if (alert[0] == std::uint8_t(AlertLevel::fatal)) {
    state_ = ChannelState::failed;
  }
}

bool DtlsSession::pay(std::size_t bytes) {
  if (bytes > credit_) return false;
  credit_ -= std::uint32_t(bytes);
  return true;
}

void DtlsSession::say(AlertDescription description, DtlsQueues& queues) {
  const std::array<std::uint8_t, 2> alert = {std::uint8_t(AlertLevel::warning), std::uint8_t(description)};
  std::array<std::uint8_t, alert.size() + record_max_overhead> record;
  const auto size = records_.seal(RecordType::alert, alert, record);
  if (size > 0) queues.outgoing.push(base::ByteView(record).first(size));
}

void DtlsSession::answer(AlertDescription description, DtlsQueues& queues) {
  if (pay(2 + record_max_overhead)) say(description, queues);
}

bool DtlsSession::send(base::ByteView data, DtlsQueues& queues) {
  if (state_ != ChannelState::connected || queues.outgoing.full()) return false;
  std::array<std::uint8_t, max_handshake_datagram> record;
  const auto size = records_.seal(RecordType::application_data, data, record);
  return size > 0 && queues.outgoing.push(base::ByteView(record).first(size));
}

void DtlsSession::close(DtlsQueues& queues) {
  if (state_ != ChannelState::connected) return;
  say(AlertDescription::close_notify, queues);
  state_ = ChannelState::closed;
}

}  // namespace greenroom::crypto
