// A DTLS session after its handshake, given any bytes and, in turn, any bytes that its peer would have sealed: nothing
// unsealed has an effect, it answers no more than it was sent, and what it seals its peer opens.
#include "base/assert.hpp"
#include "crypto/detail/dtls_session.hpp"

using namespace greenroom;

namespace {

crypto::RecordKey key_of(std::uint8_t seed) {
  crypto::RecordKey key;
  key.key.fill(seed), key.salt.fill(seed);
  return key;
}

class Connection {
 public:
  explicit Connection(crypto::RecordCipher cipher)
      : session_({cipher, key_of(1), key_of(2)}, {1, 1}), peer_({cipher, key_of(2), key_of(1)}, {1, 1}) {
    crypto::RecordLayer before({cipher, key_of(1), key_of(2)}, {0, 0});
    base::Bytes flight{20, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 1}, finished(24, 20);
    flight.resize(flight.size() + finished.size() + crypto::record_max_overhead);
    const auto size = before.seal(crypto::RecordType::handshake, finished, base::ByteSpan(flight).subspan(14));
    GREENROOM_ASSERT(session_.repeat_on_demand(base::ByteView(flight).first(14 + size)));
  }

  void pour(base::ByteView bytes) {
    came_ += bytes.size();
    session_.deliver(bytes, queues_);
    GREENROOM_ASSERT(queues_.outgoing.empty() && queues_.received.empty());
  }

  void say(crypto::RecordType type, base::ByteView content) {
    base::Bytes record(content.size() + crypto::record_max_overhead);
    record.resize(peer_.seal(type, content, record));
    came_ += record.size();
    session_.deliver(record, queues_);
    session_.deliver(record, queues_);
    came_ += record.size();
    session_.send(content, queues_);
    hear(content);
  }

 private:
  void hear(base::ByteView sent) {
    base::Bytes datagram(2048), content(2048);
    while (const auto size = queues_.outgoing.pop(datagram)) {
      bool answers = false;
      for (base::ByteView left(datagram.data(), size); const auto record = crypto::take_record(left);) {
        const auto opened = peer_.open(*record, content);
        GREENROOM_ASSERT(opened || record->epoch == 0);
        if (record->type == crypto::RecordType::application_data)
          GREENROOM_ASSERT(opened == sent.size());
        else
          answers = true;
      }
      if (answers) went_ += size;
    }
    while (queues_.received.pop(content) > 0) continue;
    GREENROOM_ASSERT(went_ <= came_);
  }

  crypto::DtlsQueues queues_;
  crypto::DtlsSession session_;
  crypto::RecordLayer peer_;
  std::size_t came_ = 0, went_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteReader reader({data, size});
  Connection connection(crypto::RecordCipher(reader.u8() % 3));
  while (reader.left() > 0) {
    const auto choice = reader.u8();
    const auto bytes = reader.take(std::min<std::size_t>(reader.left(), reader.u16() % 1400));
    if (choice & 0x80) {
      connection.pour(bytes);
    } else if (!bytes.empty()) {
      connection.say(crypto::RecordType(20 + choice % 5), bytes);
    }
  }
  return 0;
}
