package org.ptuning4j.tensor.pickle;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.file.Quoted;
import org.ptuning4j.tensor.file.Shapes;

/**
 * The Python names that a checkpoint may mention. Everything else is refused: a pickle is a
 * program, and a name outside this list is either a whole Python object, which cannot be read here,
 * or an attack.
 */
final class PickleGlobals {

  private static final int MOST_DIMENSIONS = 64;

  /** A tensor may repeat stored elements (stride 0), but a tiny file must not fill the memory. */
  private static final long LARGEST_EXPANSION = 64L << 20;

  private static final Map<String, Dtype> STORAGES =
      Map.ofEntries(
          entry("DoubleStorage", Dtype.F64),
          entry("FloatStorage", Dtype.F32),
          entry("HalfStorage", Dtype.F16),
          entry("BFloat16Storage", Dtype.BF16),
          entry("LongStorage", Dtype.I64),
          entry("IntStorage", Dtype.I32),
          entry("ShortStorage", Dtype.I16),
          entry("CharStorage", Dtype.I8),
          entry("ByteStorage", Dtype.U8),
          entry("BoolStorage", Dtype.BOOL),
          // Bytes whose type the tensor itself tells (_rebuild_tensor_v3).
          entry("UntypedStorage", Dtype.U8));

  private static final Set<String> STORAGE_MODULES = Set.of("torch", "torch.cuda", "torch.storage");

  private static final Map<String, Dtype> DTYPES =
      Map.ofEntries(
          entry("torch.float64", Dtype.F64),
          entry("torch.double", Dtype.F64),
          entry("torch.float32", Dtype.F32),
          entry("torch.float", Dtype.F32),
          entry("torch.float16", Dtype.F16),
          entry("torch.half", Dtype.F16),
          entry("torch.bfloat16", Dtype.BF16),
          entry("torch.int64", Dtype.I64),
          entry("torch.long", Dtype.I64),
          entry("torch.int32", Dtype.I32),
          entry("torch.int", Dtype.I32),
          entry("torch.int16", Dtype.I16),
          entry("torch.short", Dtype.I16),
          entry("torch.int8", Dtype.I8),
          entry("torch.uint8", Dtype.U8),
          entry("torch.bool", Dtype.BOOL));

  /** Classes and functions that build something harmless, whose value does not matter. */
  private static final Set<String> INERT =
      Set.of(
          "builtins.bytearray",
          "builtins.complex",
          "builtins.frozenset",
          "builtins.set",
          "_codecs.encode",
          // NumPy's random state, which training programs save beside the weights.
          "numpy.core.multiarray._reconstruct",
          "numpy._core.multiarray._reconstruct",
          "numpy.dtype",
          "torch.device",
          "torch.serialization._get_layout");

  /** Names that are only ever passed on, never called. */
  private static final Set<String> TYPES =
      Set.of(
          "torch.Tensor", "torch._tensor.Tensor", "torch.nn.parameter.Parameter", "numpy.ndarray");

  private final String file;

  PickleGlobals(String file) {
    this.file = file;
  }

  /**
   * The value of a name.
   *
   * @throws InvalidInputException if the name is not a known one; the message has it
   */
  Pickled resolve(String module, String name) {
    // Python 2 wrote its built-in names so.
    String full = (module.equals("__builtin__") ? "builtins" : module) + "." + name;
    if (STORAGE_MODULES.contains(module) && STORAGES.containsKey(name)) {
      return new Pickled.ElementType(STORAGES.get(name));
    }
    if (DTYPES.containsKey(full)) {
      return new Pickled.ElementType(DTYPES.get(full));
    }
    if (INERT.contains(full)) {
      return new Pickled.Callable(full, arguments -> new Pickled.Other(full));
    }
    if (TYPES.contains(full)) {
      return new Pickled.Other(full);
    }
    return callable(full);
  }

  private Pickled callable(String full) {
    Pickled.Call call =
        switch (full) {
          case "collections.OrderedDict" -> this::orderedDict;
          case "torch.Size" -> arguments -> argument(full, arguments, 0, Pickled.Sequence.class);
          case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
              arguments -> view(full, arguments, null);
          case "torch._utils._rebuild_tensor_v3" ->
              arguments ->
                  view(full, arguments, argument(full, arguments, 6, Pickled.ElementType.class));
          case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
              arguments -> argument(full, arguments, 0, Pickled.View.class);
          case "torch._tensor._rebuild_from_type_v2" -> arguments -> fromType(full, arguments);
          default -> throw refused(full);
        };
    return new Pickled.Callable(full, call);
  }

  private InvalidInputException refused(String full) {
    return InvalidInputException.of(
        "%s refers to the Python name %s, which is not read: only tensors, containers, numbers and"
            + " strings are. If you trust the file, save the weights alone from Python:"
            + " torch.save(model.state_dict(), ...), or as safetensors",
        file, Quoted.name(full));
  }

  private Pickled orderedDict(List<Pickled> arguments) {
    Pickled.Dictionary dictionary = new Pickled.Dictionary();
    if (arguments.isEmpty()) {
      return dictionary;
    }
    String name = "collections.OrderedDict";
    for (Pickled pair : argument(name, arguments, 0, Pickled.Sequence.class).items()) {
      if (!(pair instanceof Pickled.Sequence sequence) || sequence.items().size() != 2) {
        throw malformed(name);
      }
      dictionary.entries().put(sequence.items().get(0), sequence.items().get(1));
    }
    return dictionary;
  }

  private Pickled fromType(String name, List<Pickled> arguments) {
    Pickled.Callable rebuild = argument(name, arguments, 0, Pickled.Callable.class);
    Pickled.Sequence rebuilt = argument(name, arguments, 2, Pickled.Sequence.class);
    if (rebuild.name().equals(name)) {
      throw malformed(name); // Would nest without end.
    }
    return rebuild.call().on(rebuilt.items());
  }

  private Pickled.View view(String name, List<Pickled> arguments, Pickled.ElementType type) {
    Pickled.Storage storage = argument(name, arguments, 0, Pickled.Storage.class);
    if (type != null) {
      storage = retyped(storage, type.dtype());
    }
    long offset = argument(name, arguments, 1, Pickled.Whole.class).value();
    List<Long> shape = numbers(name, argument(name, arguments, 2, Pickled.Sequence.class));
    List<Long> strides = numbers(name, argument(name, arguments, 3, Pickled.Sequence.class));
    if (offset < 0 || shape.size() != strides.size()) {
      throw malformed(name);
    }
    Pickled.View view = new Pickled.View(storage, offset, shape, strides);
    checkBounds(view);
    return view;
  }

  private static Pickled.Storage retyped(Pickled.Storage storage, Dtype dtype) {
    long bytes = storage.elements() * storage.dtype().bytes();
    return new Pickled.Storage(
        storage.key(),
        dtype,
        storage.begin() * storage.dtype().bytes() / dtype.bytes(),
        bytes / dtype.bytes());
  }

  private void checkBounds(Pickled.View view) {
    Pickled.Storage storage = view.storage();
    try {
      long bytes = Shapes.bytes(storage.dtype(), view.shape());
      if (bytes > LARGEST_EXPANSION && bytes / storage.dtype().bytes() > view.extent()) {
        throw InvalidInputException.of(
            "%s: a tensor of shape %s repeats %d stored elements to %d bytes; at most %d are"
                + " allowed",
            file, view.shape(), view.extent(), bytes, LARGEST_EXPANSION);
      }
      long end = Math.addExact(view.offset(), view.extent());
      if (end > storage.elements()) {
        throw InvalidInputException.of(
            "%s: a tensor of shape %s and strides %s needs elements %d to %d of storage %s, which"
                + " has %d",
            file,
            view.shape(),
            view.strides(),
            view.offset(),
            end,
            Quoted.name(storage.key()),
            storage.elements());
      }
    } catch (ArithmeticException e) {
      throw new InvalidInputException(
          file + ": a tensor's shape " + view.shape() + " and strides overflow", e);
    }
  }

  private List<Long> numbers(String name, Pickled.Sequence sequence) {
    if (sequence.items().size() > MOST_DIMENSIONS) {
      throw malformed(name);
    }
    return sequence.items().stream()
        .map(
            item -> {
              if (item instanceof Pickled.Whole whole && whole.value() >= 0) {
                return whole.value();
              }
              throw malformed(name);
            })
        .toList();
  }

  private <T> T argument(String name, List<Pickled> arguments, int index, Class<T> type) {
    if (index < arguments.size() && type.isInstance(arguments.get(index))) {
      return type.cast(arguments.get(index));
    }
    throw malformed(name);
  }

  private InvalidInputException malformed(String name) {
    return InvalidInputException.of("%s calls %s with arguments that make no sense", file, name);
  }
}
