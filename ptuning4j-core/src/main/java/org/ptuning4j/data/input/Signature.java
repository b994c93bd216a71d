package org.ptuning4j.data.input;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Kinds of files that are no text, recognised by their first bytes. */
enum Signature {
  GZIP("gzipped twice", "gunzip it once", "1f 8b 08"),
  BZIP2("compressed by bzip2", "unpack it first (bzip2 -d)", "42 5a 68 ** 31 41 59 26"),
  XZ("compressed by xz", "unpack it first (xz -d)", "fd 37 7a 58 5a 00"),
  ZSTD("compressed by Zstandard", "unpack it first (zstd -d)", "28 b5 2f fd"),
  LZ4("compressed by LZ4", "unpack it first (lz4 -d)", "04 22 4d 18"),
  SEVEN_ZIP("a 7z archive", "unpack it first", "37 7a bc af 27 1c"),
  ZIP("a zip archive", "unpack it first (unzip)", "50 4b 03 04"),
  EMPTY_ZIP("an empty zip archive", "name the data file itself", "50 4b 05 06"),
  OLD_OFFICE("an old Office file (.xls or .doc)", "save the table as CSV", "d0 cf 11 e0 a1 b1"),
  PDF("a PDF", "extract its text first", "25 50 44 46 2d"),
  PARQUET("a Parquet file", "write it as JSONL or CSV first", "50 41 52 31 cc"),
  ARROW("an Arrow file", "write it as JSONL or CSV first", "41 52 52 4f 57 31 00"),
  AVRO("an Avro file", "write it as JSONL or CSV first", "4f 62 6a 01"),
  HDF5("an HDF5 file", "write it as JSONL or CSV first", "89 48 44 46"),
  SQLITE("an SQLite database", "export the table as CSV", "53 51 4c 69 74 65 20 66 6f 72 6d"),
  PICKLE("a Python pickle", "write it as JSONL or CSV first", "80 cc");

  /** Where a tar archive says what it is. */
  private static final int TAR_MARK = 257;

  private final String what;
  private final String remedy;

  /** Bytes in hexadecimal; {@code **} is any, {@code cc} one below the first printable. */
  private final String bytes;

  Signature(String what, String remedy, String bytes) {
    this.what = what;
    this.remedy = remedy;
    this.bytes = bytes;
  }

  /** What the beginning of a file is, if it is no text, and what to do about it. */
  static Optional<String> of(byte[] beginning) {
    if (isAt(beginning, TAR_MARK, "ustar")) {
      return Optional.of("a tar archive; unpack it first (tar -x)");
    }
    return Arrays.stream(values())
        .filter(signature -> signature.begins(beginning))
        .findFirst()
        .map(signature -> signature.describe(beginning));
  }

  private String describe(byte[] beginning) {
    String names = new String(beginning, StandardCharsets.ISO_8859_1);
    if (this == ZIP && (names.contains("[Content_Types].xml") || names.contains("xl/"))) {
      return "an Office file such as .xlsx; save the table as CSV";
    }
    return what + "; " + remedy;
  }

  private boolean begins(byte[] beginning) {
    List<String> wanted = List.of(bytes.split(" ", -1));
    if (beginning.length < wanted.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      int found = beginning[i] & 0xff;
      boolean fits =
          switch (wanted.get(i)) {
            case "**" -> true;
            case "cc" -> found < ' ' && found != '\t' && found != '\n' && found != '\r';
            default -> found == Integer.parseInt(wanted.get(i), 16);
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAt(byte[] beginning, int place, String text) {
    byte[] mark = text.getBytes(StandardCharsets.US_ASCII);
    return beginning.length >= place + mark.length
        && Arrays.equals(beginning, place, place + mark.length, mark, 0, mark.length);
  }
}
