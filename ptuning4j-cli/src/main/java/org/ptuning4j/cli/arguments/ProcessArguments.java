package org.ptuning4j.cli.arguments;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments of this process as they were typed. Java decodes arguments and file names by the
 * locale, once, when it starts; where the locale is {@code C}, or one that is named but not
 * installed (as over ssh), everything that is not ASCII is lost. The system still has the bytes:
 * the process is then started again in its place, in a locale that knows UTF-8.
 */
public final class ProcessArguments {

  private static final Path TYPED = Path.of("/proc/self/cmdline");
  private static final String JAVA = "/proc/self/exe";
  private static final String LOCALE = "C.UTF-8";

  /** Set in the environment of the process that was started again, so that it is done once. */
  private static final String MARK = "PTUNE_LOCALE";

  private ProcessArguments() {}

  /**
   * The arguments, with every character that was typed.
   *
   * @param decoded what Java made of them
   */
  public static List<String> of(String[] decoded) {
    List<String> asDecoded = List.of(decoded);
    if ("UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"))
        || !Files.isReadable(TYPED)) {
      return asDecoded;
    }
    try {
      byte[] bytes = Files.readAllBytes(TYPED);
      if (isAscii(bytes)) {
        return asDecoded;
      }
      List<byte[]> typed = split(bytes);
      if (System.getenv(MARK) == null) {
        startAgain(typed);
      }
      return decode(typed, asDecoded);
    } catch (IOException | UnsatisfiedLinkError e) {
      return asDecoded; // as good as it gets
    }
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  /** The parts that a NUL ends. */
  static List<byte[]> split(byte[] bytes) {
    List<byte[]> parts = new ArrayList<>();
    int from = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == 0) {
        parts.add(Arrays.copyOfRange(bytes, from, at));
        from = at + 1;
      }
    }
    return parts;
  }

  /** The program's own arguments, the last ones of the process; in UTF-8 where they are that. */
  static List<String> decode(List<byte[]> typed, List<String> decoded) {
    int first = typed.size() - decoded.size();
    if (first < 1) {
      return decoded; // some did not come from the command line
    }
    List<String> arguments = new ArrayList<>();
    for (byte[] each : typed.subList(first, typed.size())) {
      try {
        arguments.add(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(each)).toString());
      } catch (CharacterCodingException e) {
        return decoded;
      }
    }
    return arguments;
  }

  /** Replaces this process by the same one in another locale; comes back only if that fails. */
  private static void startAgain(List<byte[]> typed) throws IOException {
    NativeLibrary libc = NativeLibrary.getInstance("c");
    Function setenv = libc.getFunction("setenv");
    setenv.invokeInt(new Object[] {"LC_ALL", LOCALE, 1});
    setenv.invokeInt(new Object[] {MARK, LOCALE, 1});
    List<Memory> arguments = typed.stream().map(ProcessArguments::terminated).toList();
    Memory list = new Memory((long) Native.POINTER_SIZE * (arguments.size() + 1));
    for (int i = 0; i < arguments.size(); i++) {
      list.setPointer((long) Native.POINTER_SIZE * i, arguments.get(i));
    }
    list.setPointer((long) Native.POINTER_SIZE * arguments.size(), Pointer.NULL);
    String java = Files.readSymbolicLink(Path.of(JAVA)).toString();
    libc.getFunction("execv").invokeInt(new Object[] {java, list});
  }

  private static Memory terminated(byte[] bytes) {
    Memory memory = new Memory(bytes.length + 1L);
    memory.write(0, bytes, 0, bytes.length);
    memory.setByte(bytes.length, (byte) 0);
    return memory;
  }
}
