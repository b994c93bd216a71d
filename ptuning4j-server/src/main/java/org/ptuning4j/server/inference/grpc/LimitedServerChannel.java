package org.ptuning4j.server.inference.grpc;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Accepts connections, and closes those at once that are more than so many. */
final class LimitedServerChannel extends NioServerSocketChannel {

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  LimitedServerChannel(int most) {
    this.most = most;
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    int before = accepted.size();
    int count = super.doReadMessages(accepted);
    for (int i = accepted.size() - 1; i >= before; i--) {
      Channel channel = (Channel) accepted.get(i);
      if (open.incrementAndGet() > most) {
        open.decrementAndGet();
        accepted.remove(i);
        channel.unsafe().closeForcibly();
      } else {
        var unused = channel.closeFuture().addListener(closed -> open.decrementAndGet());
      }
    }
    return count;
  }
}
