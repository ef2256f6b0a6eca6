// The way from the domain to the SFU. app implements it: it gives every room a shard, sends the command there and
// brings the answer back. Called on the control thread; the answer comes later, exactly once, on the control thread,
// never inside call(). A shard that cannot take the command now answers with an error of kind unavailable.
#pragma once
#include <functional>

#include "base/result.hpp"
#include "sfu/command.hpp"

namespace greenroom::studio {

using MediaEvent = sfu::Event;  // what a shard reports by itself
using MediaAnswer = std::function<void(base::Result<sfu::ReplyBody>)>;

class MediaGateway {
 public:
  virtual ~MediaGateway() = default;
  virtual void call(sfu::CommandBody command, MediaAnswer answered) = 0;
};

}  // namespace greenroom::studio
