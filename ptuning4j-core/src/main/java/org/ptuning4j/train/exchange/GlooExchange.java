package org.ptuning4j.train.exchange;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** Workers in several processes, connected by libtorch's Gloo over TCP; see {@link GlooMeeting}. */
public final class GlooExchange implements GradientExchange {

  private final GlooMeeting meeting;
  private final ProcessGroupGloo group;
  private final int rank;
  private final int workers;

  GlooExchange(GlooMeeting meeting, ProcessGroupGloo group, int rank, int workers) {
    this.meeting = meeting;
    this.group = group;
    this.rank = rank;
    this.workers = workers;
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public void sum(float[] values) {
    Scope.run(
        () -> {
          Tensor tensor = Tensors.of(values, values.length);
          reduce(tensor);
          if (values.length > 0) {
            new FloatPointer(tensor.data_ptr()).get(values, 0, values.length);
          }
        });
  }

  /** Each worker's bytes have places of their own in one long row, and all rows are added up. */
  @Override
  public List<byte[]> gather(byte[] own) {
    long[] lengths = new long[workers];
    lengths[rank] = own.length;
    long[] all =
        Scope.run(
            () -> {
              Tensor tensor = Tensors.of(lengths, workers);
              reduce(tensor);
              return Tensors.longs(tensor);
            });
    byte[] row = new byte[Math.toIntExact(Arrays.stream(all).sum())];
    int start = Math.toIntExact(Arrays.stream(all).limit(rank).sum());
    System.arraycopy(own, 0, row, start, own.length);
    if (row.length > 0) {
      Scope.run(() -> reduceBytes(row));
    }
    List<byte[]> parts = new ArrayList<>();
    int at = 0;
    for (long length : all) {
      parts.add(Arrays.copyOfRange(row, at, at + (int) length));
      at += (int) length;
    }
    return parts;
  }

  private void reduceBytes(byte[] row) {
    Tensor tensor =
        torch.empty(
            new long[] {row.length},
            new TensorOptions(ScalarType.Byte),
            new MemoryFormatOptional());
    new BytePointer(tensor.data_ptr()).put(row, 0, row.length);
    reduce(tensor);
    new BytePointer(tensor.data_ptr()).get(row, 0, row.length);
  }

  /** A piece of work that is not freed would keep the group open: the caller has a scope. */
  private void reduce(Tensor tensor) {
    try {
      group.allreduce(new TensorVector(tensor))._wait();
    } catch (RuntimeException e) {
      throw new ExchangeException(
          "worker %d of %d lost the others: %s".formatted(rank, workers, said(e)), e);
    }
  }

  /** What libtorch said, without its stack. */
  static String said(RuntimeException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason was given");
  }

  @Override
  public void close() {
    group.releaseReference();
    meeting.close();
  }
}
