// The Boost side of Loop, for net's own .cpp files only.
#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "net/loop.hpp"

namespace greenroom::net {

struct Loop::Impl {
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  boost::asio::signal_set signals{io};
  boost::asio::signal_set hangups{io};
  std::function<void(int)> on_signal;
  std::function<void()> on_hangup;

  void wait_for_signal();
  void wait_for_hangup();
};

}  // namespace greenroom::net
