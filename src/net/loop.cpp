#include "net/loop.hpp"

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

#include "net/clock.hpp"
#include "net/detail/loop_impl.hpp"

namespace greenroom::net {

namespace asio = boost::asio;

// Owned by the pending wait, so that it dies with the loop at the latest; handles only look at it.
struct Timer::State {
  State(asio::io_context& context, base::Duration delay, std::function<void()> call)
      : io(context), timer(context, delay), fn(std::move(call)) {}
  asio::io_context& io;
  asio::steady_timer timer;
  std::function<void()> fn;
  std::atomic<bool> alive{true};
};

Timer::Timer(std::weak_ptr<State> state) : state_(std::move(state)) {}

Timer& Timer::operator=(Timer&& other) noexcept {
  cancel();
  state_ = std::move(other.state_);
  return *this;
}

Timer::~Timer() { cancel(); }

void Timer::cancel() {
  auto state = state_.lock();
  state_.reset();
  if (!state || !state->alive.exchange(false)) return;
  auto& io = state->io;
  asio::dispatch(io, [state = std::move(state)] { state->timer.cancel(); });
}

void Timer::detach() { state_.reset(); }

bool Timer::pending() const {
  const auto state = state_.lock();
  return state && state->alive;
}

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::run() { impl_->io.run(); }
void Loop::run_while(const std::function<bool()>& wanted) {
  while (wanted()) impl_->io.run_one();
}
void Loop::stop() { impl_->io.stop(); }
void Loop::post(std::function<void()> fn) { asio::post(impl_->io, std::move(fn)); }

Timer Loop::after(base::Duration delay, std::function<void()> fn) {
  auto state = std::make_shared<Timer::State>(impl_->io, delay, std::move(fn));
  Timer handle{std::weak_ptr(state)};
  auto& timer = state->timer;
  timer.async_wait([state = std::move(state)](boost::system::error_code error) {
    if (!error && state->alive.exchange(false)) state->fn();
  });
  return handle;
}

void Loop::on_signal(std::function<void(int signal)> fn) {
  impl_->on_signal = std::move(fn);
  boost::system::error_code error;
  impl_->signals.add(SIGINT, error);
  impl_->signals.add(SIGTERM, error);
  impl_->wait_for_signal();
}

void Loop::on_hangup(std::function<void()> fn) {
  impl_->on_hangup = std::move(fn);
  boost::system::error_code error;
  impl_->hangups.add(SIGHUP, error);
  impl_->wait_for_hangup();
}

void Loop::Impl::wait_for_signal() {
  signals.async_wait([this](boost::system::error_code error, int signal) {
    if (error) return;
    on_signal(signal);
    wait_for_signal();
  });
}

void Loop::Impl::wait_for_hangup() {
  hangups.async_wait([this](boost::system::error_code error, int) {
    if (error) return;
    on_hangup();
    wait_for_hangup();
  });
}

base::Instant Loop::now() const { return net::now(); }
base::WallTime Loop::wall_now() const { return net::wall_now(); }

}  // namespace greenroom::net
