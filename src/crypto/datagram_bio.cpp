#include "crypto/detail/datagram_bio.hpp"

#include <algorithm>

#include "crypto/dtls.hpp"

namespace greenroom::crypto {
namespace {

Datagrams& of(BIO* bio) { return *static_cast<Datagrams*>(BIO_get_data(bio)); }

// Where the next record under the new keys stands: OpenSSL does not tell.
void note_numbers(Datagrams& datagrams, base::ByteView datagram) {
  while (const auto record = take_record(datagram)) {
    if (record->epoch != protected_epoch || record->body.size() < 8) continue;
    datagrams.next = {std::max(datagrams.next.sequence, record->sequence + 1), base::load_u64(record->body.data()) + 1};
  }
}

int write(BIO* bio, const char* data, int size) {
  auto& datagrams = of(bio);
  const base::ByteView bytes(reinterpret_cast<const std::uint8_t*>(data), std::size_t(size));
  note_numbers(datagrams, bytes);
  datagrams.flight.insert(datagrams.flight.end(), bytes.begin(), bytes.end());
  datagrams.outgoing.push(bytes);
  return size;
}

int read(BIO* bio, char* out, int size) {
  BIO_clear_retry_flags(bio);
  auto& incoming = of(bio).incoming;
  if (incoming.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const auto count = std::min(incoming.size(), std::size_t(size));  // a cut datagram fails its own checks
  std::copy_n(incoming.begin(), count, out);
  incoming = {};
  return int(count);
}

// Everything else is answered with 0, "not supported": above all the questions for kernel TLS, which this build of
// OpenSSL asks every BIO, and for which any other answer makes it skip its own encryption.
long control(BIO*, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT:
      return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
      return long(max_handshake_datagram);
    default:
      return 0;
  }
}

int create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

}  // namespace

BIO_METHOD* make_datagram_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagram queue");
  if (!method) return nullptr;
  BIO_meth_set_write(method, write);
  BIO_meth_set_read(method, read);
  BIO_meth_set_ctrl(method, control);
  BIO_meth_set_create(method, create);
  return method;
}

BIO* make_datagram_bio(const BIO_METHOD* method, Datagrams& datagrams) {
  BIO* bio = BIO_new(method);
  if (bio) BIO_set_data(bio, &datagrams);
  return bio;
}

}  // namespace greenroom::crypto
