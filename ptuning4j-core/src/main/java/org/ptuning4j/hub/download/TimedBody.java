package org.ptuning4j.hub.download;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A response's body as a stream whose reads end when nothing arrives for too long. The JDK's own
 * stream waits for ever.
 */
final class TimedBody extends InputStream implements HttpResponse.BodySubscriber<InputStream> {

  private static final Signal END = new Signal(List.of(), null, true);

  private final Duration patience;
  private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private final Queue<ByteBuffer> ready = new ArrayDeque<>();
  private volatile Flow.Subscription subscription;
  private volatile boolean closed;
  private boolean ended;

  private record Signal(List<ByteBuffer> bytes, Throwable failure, boolean last) {}

  TimedBody(Duration patience) {
    this.patience = patience;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    signals.add(new Signal(bytes, null, false));
  }

  @Override
  public void onError(Throwable failure) {
    signals.add(new Signal(List.of(), failure, false));
  }

  @Override
  public void onComplete() {
    signals.add(END);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (ready.isEmpty() && !ended) {
      take();
    }
    ByteBuffer first = ready.peek();
    if (first == null) {
      return -1;
    }
    int read = Math.min(length, first.remaining());
    first.get(target, offset, read);
    if (!first.hasRemaining()) {
      ready.remove();
    }
    return read;
  }

  private void take() throws IOException {
    Signal signal;
    try {
      signal = signals.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new java.io.InterruptedIOException("interrupted");
    }
    if (signal == null) {
      close();
      throw new PassingException("nothing has arrived for " + patience.toSeconds() + " s");
    }
    if (signal.failure() != null) {
      ended = true;
      throw new PassingException("the connection broke off", null, signal.failure());
    }
    if (signal.last()) {
      ended = true;
      return;
    }
    signal.bytes().stream().filter(ByteBuffer::hasRemaining).forEach(ready::add);
    subscription.request(1);
  }

  @Override
  public void close() {
    closed = true;
    Flow.Subscription given = subscription;
    if (given != null) {
      given.cancel();
    }
  }
}
