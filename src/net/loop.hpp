// The event loop of a control thread: HTTP, WebSocket, timers and closures posted from other threads all run here, one
// after another. Owned by app; run() is called on the thread that becomes the control thread. Nothing that runs on it
// may block. It outlives what it serves: close the BlockingPool and drop the HttpServer before the Loop is destroyed.
#pragma once
#include <functional>
#include <memory>

#include "base/time.hpp"

namespace greenroom::net {

// A pending call. Cancelled when cancel() is called or the handle dies; detach() lets it run without a handle.
// Cancelled on the loop's thread, it does not run any more; from another thread it may be running just now.
class Timer {
 public:
  Timer() = default;
  Timer(Timer&&) noexcept = default;
  Timer& operator=(Timer&& other) noexcept;
  ~Timer();
  void cancel();
  void detach();
  bool pending() const;

  struct State;
  explicit Timer(std::weak_ptr<State> state);

 private:
  std::weak_ptr<State> state_;
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();                                           // until stop()
  void run_while(const std::function<bool()>& wanted);  // asked after each call; something must be pending
  void stop();                                          // from any thread; what is still posted is dropped

  void post(std::function<void()> fn);  // from any thread; never runs inside the call, keeps order per thread
  [[nodiscard]] Timer after(base::Duration delay, std::function<void()> fn);  // from any thread; fn runs on the loop
  void on_signal(std::function<void(int signal)> fn);                         // SIGINT and SIGTERM, each time they come

  void on_hangup(std::function<void()> fn);  // SIGHUP: read the configuration anew

  base::Instant now() const;
  base::WallTime wall_now() const;

  struct Impl;
  Impl& impl() { return *impl_; }  // for net's own .cpp files: Boost does not leave them

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace greenroom::net
