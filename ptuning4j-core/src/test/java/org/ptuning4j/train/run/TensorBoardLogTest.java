package org.ptuning4j.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events as TensorBoard reads them: records, their sums, their messages. */
class TensorBoardLogTest {

  @TempDir Path folder;

  /** The check value of CRC32C (RFC 3720, B.4) is 0xE3069283; masked by TFRecord's rule. */
  @Test
  void theSumIsCrc32cMasked() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    int crc = 0xE3069283;
    int expected = ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    assertThat(TensorBoardLog.maskedCrc(digits)).isEqualTo(expected);
    // Sixteen zeros and more: RFC 3720's 32 bytes of zeros have 0x8A9136AA.
    int zeros = 0x8A9136AA;
    assertThat(TensorBoardLog.maskedCrc(new byte[32]))
        .isEqualTo(((zeros >>> 15) | (zeros << 17)) + 0xa282ead8);
  }

  private record Read(long step, String tag, float value) {}

  @Test
  void stepsAndEvaluationsAreReadBack() throws IOException {
    Path file;
    try (TensorBoardLog log = TensorBoardLog.open(folder)) {
      file = log.file();
      log.stepped(new TrainingListener.Step(7, 10, 1, 0.625, 1e-2, 8, 100));
      log.evaluated(
          new TrainingListener.Evaluated(
              1, 7, 0.625, 0.5, Map.of("accuracy", 0.75), "accuracy", true, false, 3));
    }
    assertThat(file.getFileName().toString()).startsWith("events.out.tfevents.");
    assertThat(read(file))
        .containsExactly(
            new Read(7, "train/loss", 0.625f),
            new Read(7, "train/learning_rate", 0.01f),
            new Read(7, "dev/loss", 0.5f),
            new Read(7, "dev/accuracy", 0.75f));
  }

  private static List<Read> read(Path file) throws IOException {
    List<Read> all = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      boolean first = true;
      while (in.available() > 0) {
        byte[] length = in.readNBytes(8);
        int lengthCrc = Integer.reverseBytes(in.readInt());
        assertThat(TensorBoardLog.maskedCrc(length)).isEqualTo(lengthCrc);
        byte[] data = in.readNBytes(length[0] & 0xff);
        assertThat(TensorBoardLog.maskedCrc(data)).isEqualTo(Integer.reverseBytes(in.readInt()));
        Read event = event(data);
        assertThat(first).isEqualTo(event.tag().equals("brain.Event:2"));
        if (!first) {
          all.add(event);
        }
        first = false;
      }
    }
    return all;
  }

  private static Read event(byte[] data) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(data);
    long step = 0;
    String tag = "";
    float value = 0;
    for (int key = in.readTag(); key != 0; key = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(key)) {
        case 2 -> step = in.readInt64();
        case 3 -> tag = in.readString();
        case 5 -> {
          CodedInputStream summary = CodedInputStream.newInstance(in.readByteArray());
          summary.readTag();
          CodedInputStream one = CodedInputStream.newInstance(summary.readByteArray());
          one.readTag();
          tag = one.readString();
          one.readTag();
          value = one.readFloat();
        }
        default -> in.skipField(key);
      }
    }
    return new Read(step, tag, value);
  }
}
