// What a DTLS endpoint has to say and what it has been told: filled by the handshake and by the session after it.
#pragma once
#include "crypto/detail/datagram_queue.hpp"
#include "crypto/dtls.hpp"

namespace greenroom::crypto {

using OutgoingDatagrams = DatagramQueue<max_queued_datagrams>;

struct DtlsQueues {
  OutgoingDatagrams outgoing;
  DatagramQueue<max_queued_application_data> received;  // application data
};

}  // namespace greenroom::crypto
