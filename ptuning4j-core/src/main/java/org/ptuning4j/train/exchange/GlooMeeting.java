package org.ptuning4j.train.exchange;

import java.time.Duration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Torch;

/**
 * Where workers find each other: a table of addresses that the first worker serves. It answers on
 * all of its network addresses and knows no passwords, so it belongs into a network of one's own.
 */
public final class GlooMeeting implements AutoCloseable {

  private final TCPStore store;
  private final Duration patience;

  private GlooMeeting(TCPStore store, Duration patience) {
    this.store = store;
    this.patience = patience;
  }

  /**
   * Opens a meeting on a free port. For the first worker.
   *
   * @param patience how long workers wait for each other, at the start and in each exchange
   */
  public static GlooMeeting open(Duration patience) {
    return at("127.0.0.1", 0, true, patience);
  }

  /**
   * Goes to a meeting that another worker has opened.
   *
   * @param host the first worker's address
   * @param port what it told by {@link #port}
   */
  public static GlooMeeting at(String host, int port, Duration patience) {
    return at(host, port, false, patience);
  }

  @SuppressWarnings("try") // a scope works by being open
  private static GlooMeeting at(String host, int port, boolean serves, Duration patience) {
    Torch.start();
    try (PointerScope scope = new PointerScope()) {
      TCPStoreOptions options =
          new TCPStoreOptions()
              .port((short) port)
              .isServer(serves)
              .waitWorkers(false)
              .timeout(milliseconds(patience))
              .useLibUV(false);
      TCPStore store = new TCPStore(host, options);
      store.retainReference();
      return new GlooMeeting(store, patience);
    } catch (RuntimeException e) {
      throw new ExchangeException(
          "no meeting of workers at %s:%d: %s".formatted(host, port, GlooExchange.said(e)), e);
    }
  }

  private static Milliseconds milliseconds(Duration time) {
    return new Milliseconds(time.toMillis());
  }

  /** The port that it answers on. */
  public int port() {
    return Short.toUnsignedInt(store.getPort());
  }

  /**
   * Waits for all workers and connects them. The exchange closes the meeting with itself.
   *
   * @param rank which worker this is, from 0
   * @param workers how many there are
   * @param address this worker's own, by which the others reach it
   * @throws ExchangeException if one does not come in time
   */
  @SuppressWarnings("try") // a scope works by being open
  public GlooExchange join(int rank, int workers, String address) {
    if (workers < 1 || rank < 0 || rank >= workers) {
      throw InvalidInputException.of(
          "rank: %d of %d workers; from 0 to the number of workers - 1 is expected", rank, workers);
    }
    try (PointerScope scope = new PointerScope()) {
      ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(milliseconds(patience));
      options.devices(new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(address)));
      // The group takes the store that it is given; another handle on the same store stays here.
      ProcessGroupGloo group = new ProcessGroupGloo(store.clone(), rank, workers, options);
      group.retainReference();
      return new GlooExchange(this, group, rank, workers);
    } catch (RuntimeException e) {
      throw new ExchangeException(
          "worker %d of %d, at %s, did not find the others within %d s: %s"
              .formatted(rank, workers, address, patience.toSeconds(), GlooExchange.said(e)),
          e);
    }
  }

  @Override
  public void close() {
    store.releaseReference();
  }
}
