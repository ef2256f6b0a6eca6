// `greenroom verify`: what work/verify.hpp finds, in words or as JSON.
#pragma once
#include "app/config.hpp"

namespace greenroom::app {

int run_verify(const VerifyConfig& config);  // 0: the take is whole

}  // namespace greenroom::app
