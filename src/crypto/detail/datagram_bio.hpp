// An OpenSSL BIO over values: one incoming datagram at a time, a bounded queue of outgoing ones, boundaries kept.
// A memory BIO would join the datagrams of a flight into one stream. It reads the numbers of the records that go by,
// since OpenSSL does not tell where it stands.
#pragma once
#include <openssl/bio.h>

#include "crypto/detail/dtls_queues.hpp"
#include "crypto/detail/dtls_records.hpp"

namespace greenroom::crypto {

struct Datagrams {
  base::ByteView incoming;  // read whole, once
  OutgoingDatagrams& outgoing;
  RecordNumbers next;  // after the last protected record that was written
  base::Bytes flight;  // what was written since the owner cleared it
};

BIO_METHOD* make_datagram_method();
// The BIO refers to `datagrams`, which must outlive it.
BIO* make_datagram_bio(const BIO_METHOD* method, Datagrams& datagrams);

}  // namespace greenroom::crypto
