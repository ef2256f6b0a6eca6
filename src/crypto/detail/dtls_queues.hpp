// What a DTLS endpoint has to say and what it has been told: filled by the handshake and by the session after it.
#pragma once
#include "crypto/detail/datagram_queue.hpp"
#include "crypto/dtls.hpp"

namespace greenroom::crypto {

using OutgoingDatagrams = DatagramQueue<kMaxQueuedDatagrams>;

struct DtlsQueues {
  OutgoingDatagrams outgoing;
  DatagramQueue<kMaxQueuedApplicationData> received;  // application data
};

}  // namespace greenroom::crypto
