package org.ptuning4j.tensor.pickle;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.Quoted;

/**
 * A machine for the pickles that {@code torch.save} writes (protocols 2 to 5). It executes nothing:
 * the only names it knows are those of {@link PickleGlobals}. What it may allocate is bounded by
 * the length of its input and by a limit on the number of values.
 */
final class Unpickler {

  private static final int MOST_VALUES = 4_000_000;
  private static final int HIGHEST_PROTOCOL = 5;
  private static final int LONGEST_STRING = 64 << 20;
  private static final int LONGEST_NAME = 1000;
  private static final int STOP = '.';
  private static final Pickled.Mark MARK = new Pickled.Mark();

  /** Python's {@code True}. */
  static final Pickled TRUE = new Pickled.Other("True");

  private static final Pickled NONE = new Pickled.Other("None");

  private final String file;
  private final InputStream in;
  private final long length;
  private final Function<Pickled, Pickled> persistent;
  private final PickleGlobals globals;
  private final List<Pickled> stack = new ArrayList<>();
  private final Map<Long, Pickled> memo = new HashMap<>();
  private long position;
  private int values;

  /**
   * Creates the machine.
   *
   * @param file the file, for messages
   * @param in where the pickles are read from; buffered
   * @param length how many bytes there are at most
   * @param persistent turns a persistent id (torch: of a storage) into a value
   */
  Unpickler(String file, InputStream in, long length, Function<Pickled, Pickled> persistent) {
    this.file = file;
    this.in = in;
    this.length = length;
    this.persistent = persistent;
    this.globals = new PickleGlobals(file);
  }

  /** Bytes read so far. */
  long position() {
    return position;
  }

  /** Reads one pickle. */
  Pickled load() {
    stack.clear();
    memo.clear();
    try {
      for (int opcode = read(); opcode != STOP; opcode = read()) {
        step(opcode);
      }
    } catch (EOFException e) {
      throw new InvalidInputException(file + ": the pickle ends too early", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read: " + FailureReason.of(e), e);
    }
    return pop();
  }

  private void step(int opcode) throws IOException {
    switch (opcode) {
      case 0x80 -> checkProtocol(read());
      case 0x95 -> number(8); // A frame's length: only a hint.
      case '(' -> push(MARK);
      case '0' -> pop();
      case '1' -> popMark();
      case '2' -> push(peek());
      case 'N' -> push(NONE);
      case 0x88 -> push(TRUE);
      case 0x89 -> push(new Pickled.Other("False"));
      case 'K' -> push(new Pickled.Whole(number(1)));
      case 'M' -> push(new Pickled.Whole(number(2)));
      case 'J' -> push(new Pickled.Whole((int) number(4)));
      case 0x8a -> push(big(bytes(number(1))));
      case 0x8b -> push(big(bytes(number(4))));
      case 'G' -> push(other("a number", 8));
      case 'T' -> push(text(number(4))); // Python 2's strings
      case 'U' -> push(text(number(1)));
      case 'X' -> push(text(number(4)));
      case 0x8c -> push(text(number(1)));
      case 0x8d -> push(text(number(8)));
      case 'B' -> push(other("bytes", number(4)));
      case 'C' -> push(other("bytes", number(1)));
      case 0x8e, 0x96 -> push(other("bytes", number(8)));
      default -> stepContainer(opcode);
    }
  }

  private void stepContainer(int opcode) throws IOException {
    switch (opcode) {
      case ']', ')', 0x8f -> push(Pickled.sequence(List.of()));
      case 'a' -> appendAll(List.of(pop()));
      case 'e', 0x90 -> appendAll(popMark());
      case 't', 0x91 -> push(Pickled.sequence(popMark()));
      case 0x85 -> push(Pickled.sequence(popLast(1)));
      case 0x86 -> push(Pickled.sequence(popLast(2)));
      case 0x87 -> push(Pickled.sequence(popLast(3)));
      case '}' -> push(new Pickled.Dictionary());
      case 's' -> putAll(popLast(2));
      case 'u' -> putAll(popMark());
      case 'h' -> push(recall(number(1)));
      case 'j' -> push(recall(number(4)));
      case 'q' -> store(number(1));
      case 'r' -> store(number(4));
      case 0x94 -> store(memo.size());
      case 'c' -> push(globals.resolve(line(), line()));
      case 0x93 -> pushNamed(popLast(2));
      case 'R', 0x81 -> call(popLast(2));
      case 'b' -> pop(); // State that Python would set: hooks, metadata. The object stays as it is.
      case 'Q' -> push(persistent.apply(pop()));
      case 'i' -> throw refusedInstance(line() + "." + line());
      default -> throw malformed("has the opcode 0x%02x, which torch.save does not write", opcode);
    }
  }

  private void checkProtocol(int protocol) {
    if (protocol < 2 || protocol > HIGHEST_PROTOCOL) {
      throw malformed("has pickle protocol %d; supported: 2 to %d", protocol, HIGHEST_PROTOCOL);
    }
  }

  private InvalidInputException refusedInstance(String name) {
    return malformed("builds an object of the Python class %s", Quoted.name(name));
  }

  private void call(List<Pickled> callAndArguments) {
    if (callAndArguments.get(0) instanceof Pickled.Callable callable
        && callAndArguments.get(1) instanceof Pickled.Sequence arguments) {
      Pickled result = callable.call().on(arguments.items());
      charge(size(result));
      push(result);
    } else {
      throw malformed("calls something that cannot be called");
    }
  }

  private void pushNamed(List<Pickled> moduleAndName) {
    if (moduleAndName.get(0) instanceof Pickled.Text module
        && moduleAndName.get(1) instanceof Pickled.Text name) {
      push(globals.resolve(module.value(), name.value()));
    } else {
      throw malformed("has a name that is not a string");
    }
  }

  private void store(long index) {
    charge(1);
    memo.put(index, peek());
  }

  private Pickled recall(long index) {
    Pickled value = memo.get(index);
    if (value == null) {
      throw malformed("recalls value %d, which was never stored", index);
    }
    return value;
  }

  private void appendAll(List<Pickled> items) {
    if (!(peek() instanceof Pickled.Sequence sequence)) {
      throw malformed("appends to something that is not a list");
    }
    sequence.items().addAll(items);
  }

  private void putAll(List<Pickled> keysAndValues) {
    if (!(peek() instanceof Pickled.Dictionary dictionary) || keysAndValues.size() % 2 != 0) {
      throw malformed("sets items of something that is not a dictionary");
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      dictionary.entries().put(keysAndValues.get(i), keysAndValues.get(i + 1));
    }
  }

  private void push(Pickled value) {
    charge(1);
    stack.add(value);
  }

  /** A few bytes of a pickle can copy a large value again and again: every copy is counted. */
  private static int size(Pickled result) {
    if (result instanceof Pickled.View view) {
      return view.shape().size() + view.strides().size();
    }
    return result instanceof Pickled.Dictionary dictionary ? dictionary.entries().size() : 0;
  }

  private void charge(int count) {
    values += count;
    if (values > MOST_VALUES) {
      throw malformed("has more than %d values", MOST_VALUES);
    }
  }

  private Pickled peek() {
    Pickled value = stack.isEmpty() ? MARK : stack.get(stack.size() - 1);
    if (value instanceof Pickled.Mark) {
      throw malformed("takes more from the stack than it put there");
    }
    return value;
  }

  private Pickled pop() {
    Pickled value = peek();
    stack.remove(stack.size() - 1);
    return value;
  }

  private List<Pickled> popLast(int count) {
    List<Pickled> last = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      last.add(0, pop());
    }
    return last;
  }

  private List<Pickled> popMark() {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw malformed("has a group without a beginning");
    }
    List<Pickled> above = stack.subList(mark + 1, stack.size());
    List<Pickled> group = new ArrayList<>(above);
    above.clear();
    stack.remove(mark);
    return group;
  }

  private Pickled big(byte[] littleEndian) {
    if (littleEndian.length > Long.BYTES + 1) {
      return new Pickled.Other("a long number");
    }
    byte[] bigEndian = new byte[littleEndian.length + 1];
    for (int i = 0; i < littleEndian.length; i++) {
      bigEndian[bigEndian.length - 1 - i] = littleEndian[i];
    }
    boolean negative = littleEndian.length > 0 && littleEndian[littleEndian.length - 1] < 0;
    bigEndian[0] = (byte) (negative ? -1 : 0);
    BigInteger value = new BigInteger(bigEndian);
    return value.bitLength() < Long.SIZE
        ? new Pickled.Whole(value.longValue())
        : new Pickled.Other("a long number");
  }

  private Pickled text(long count) throws IOException {
    return new Pickled.Text(new String(bytes(count), StandardCharsets.UTF_8));
  }

  private Pickled other(String description, long count) throws IOException {
    checkAvailable(count);
    in.skipNBytes(count);
    position += count;
    return new Pickled.Other(description);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = read(); c != '\n'; c = read()) {
      if (line.length() == LONGEST_NAME) {
        throw malformed("has a name of more than %d characters", LONGEST_NAME);
      }
      line.append((char) c);
    }
    return line.toString();
  }

  /** An unsigned little-endian number; of eight bytes, a negative one means 2^63 or more. */
  private long number(int size) throws IOException {
    long number = 0;
    for (int i = 0; i < size; i++) {
      number |= (long) read() << (Byte.SIZE * i);
    }
    return number;
  }

  private byte[] bytes(long count) throws IOException {
    checkAvailable(count);
    if (count > LONGEST_STRING) {
      throw malformed("has a string of %d bytes; at most %d are read", count, LONGEST_STRING);
    }
    byte[] bytes = in.readNBytes((int) count);
    if (bytes.length < count) {
      throw new EOFException();
    }
    position += count;
    return bytes;
  }

  private void checkAvailable(long count) {
    if (count < 0 || count > length - position) {
      throw malformed(
          "has a string of %s bytes, more than there are", Long.toUnsignedString(count));
    }
  }

  private int read() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw new EOFException();
    }
    position++;
    return value;
  }

  private InvalidInputException malformed(String format, Object... arguments) {
    return new InvalidInputException(
        file + ": the pickle " + InvalidInputException.of(format, arguments).getMessage());
  }
}
