// Things of C libraries, released when their owner goes: Owned<EVP_PKEY, EVP_PKEY_free>.
#pragma once
#include <memory>

namespace greenroom::base {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* thing) const {
    release(thing);
  }
};
template <class T, auto release>
using Owned = std::unique_ptr<T, Release<release>>;

}  // namespace greenroom::base
