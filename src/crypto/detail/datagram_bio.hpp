// An OpenSSL BIO over values: one incoming datagram at a time, a bounded queue of outgoing ones, boundaries kept.
// A memory BIO would join the datagrams of a flight into one stream.
#pragma once
#include <openssl/bio.h>

#include <deque>

#include "base/bytes.hpp"

namespace greenroom::crypto {

struct Datagrams {
  base::ByteView incoming;           // read whole, once
  std::deque<base::Bytes> outgoing;  // at most kMaxQueuedDatagrams; what comes on top is lost, as on a network
};

BIO_METHOD* make_datagram_method();
// The BIO refers to `datagrams`, which must outlive it.
BIO* make_datagram_bio(const BIO_METHOD* method, Datagrams& datagrams);

}  // namespace greenroom::crypto
