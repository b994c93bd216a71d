package org.ptuning4j.train.run;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Writes the course of a run as TensorBoard reads it: a file of events, each a record of TFRecord's
 * (length, its masked CRC32C, data, their masked CRC32C) that holds an {@code Event} message.
 * Losses and rates are written at each step, metrics at each evaluation. A run that goes on writes
 * another file; TensorBoard joins them.
 */
public final class TensorBoardLog implements TrainingListener, AutoCloseable {

  private static final int MASK = 0xa282ead8;

  /** Numbers of the fields of {@code Event}, {@code Summary} and {@code Summary.Value}. */
  private static final int WALL_TIME = 1;

  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;

  private final Path file;
  private final OutputStream out;

  private TensorBoardLog(Path file, OutputStream out) {
    this.file = file;
    this.out = out;
  }

  /**
   * Begins a file of events.
   *
   * @param folder the log directory; made if need be
   */
  public static TensorBoardLog open(Path folder) {
    long now = System.currentTimeMillis();
    Path file =
        folder.resolve(
            String.format(
                Locale.ROOT,
                "events.out.tfevents.%010d.%03d.%d.ptuning4j",
                now / 1000,
                now % 1000,
                ProcessHandle.current().pid()));
    try {
      Files.createDirectories(folder);
      TensorBoardLog log =
          new TensorBoardLog(file, Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
      log.write(log.event(0, message -> message.writeString(FILE_VERSION, "brain.Event:2")));
      return log;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  /** The file. */
  public Path file() {
    return file;
  }

  @Override
  public void stepped(Step step) {
    scalar(step.step(), "train/loss", step.loss());
    scalar(step.step(), "train/learning_rate", step.learningRate());
  }

  @Override
  public void evaluated(Evaluated evaluation) {
    scalar(evaluation.step(), "dev/loss", evaluation.devLoss());
    for (Map.Entry<String, Double> metric : evaluation.metrics().entrySet()) {
      scalar(evaluation.step(), "dev/" + metric.getKey(), metric.getValue());
    }
    flush();
  }

  private void scalar(int step, String tag, double value) {
    write(
        event(
            step,
            message -> {
              byte[] one =
                  bytes(
                      inner -> {
                        inner.writeString(TAG, tag);
                        inner.writeFloat(SIMPLE_VALUE, (float) value);
                      });
              message.writeByteArray(SUMMARY, bytes(summary -> summary.writeByteArray(VALUE, one)));
            }));
  }

  private interface Fields {
    void to(CodedOutputStream message) throws IOException;
  }

  private static byte[] bytes(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream message = CodedOutputStream.newInstance(bytes);
    try {
      fields.to(message);
      message.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory can be written to", e);
    }
    return bytes.toByteArray();
  }

  private byte[] event(long step, Fields fields) {
    return bytes(
        message -> {
          message.writeDouble(WALL_TIME, System.currentTimeMillis() / 1000.0);
          message.writeInt64(STEP, step);
          fields.to(message);
        });
  }

  private void write(byte[] data) {
    byte[] length =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(length)
            .putInt(maskedCrc(length))
            .put(data)
            .putInt(maskedCrc(data));
    try {
      out.write(record.array());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  /** CRC32C, turned right by 15 bits, with a constant added, as TFRecord has it. */
  static int maskedCrc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  private void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}
