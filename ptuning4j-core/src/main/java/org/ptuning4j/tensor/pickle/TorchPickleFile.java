package org.ptuning4j.tensor.pickle;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.file.FileBytes;
import org.ptuning4j.tensor.file.Quoted;
import org.ptuning4j.tensor.file.TensorInfo;
import org.ptuning4j.tensor.file.TensorMemory;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * A checkpoint that {@code torch.save} wrote ({@code pytorch_model.bin}, {@code .pt}, {@code
 * .pth}), in the zip format of torch 1.6 and later or the older one. A pickle is a program; this
 * reader executes nothing: it follows the steps that build tensors and containers, and refuses
 * every Python name beyond them.
 *
 * <p>The tensors are those of the checkpoint's own dictionary, or of one nested under {@code
 * state_dict}, {@code model_state_dict}, {@code model} or {@code module}. A tensor that shares its
 * storage with another is read as a copy of its own, contiguous.
 */
public final class TorchPickleFile implements TensorSource {

  private static final byte[] ZIP_MAGIC = {'P', 'K', 3, 4};

  /** Protocol 2, and the number 0x1950a86a20f9469cfc6c in ten bytes. */
  private static final byte[] LEGACY_MAGIC =
      HexFormat.of().parseHex("80028a0a6cfc9c46f9206aa85019");

  private final Path path;
  private final PickleStorages storages;
  private final Map<String, Pickled.View> tensors;
  private final List<String> ignored;

  private TorchPickleFile(Path path, PickleStorages storages, StateDict stateDict) {
    this.path = path;
    this.storages = storages;
    this.tensors = Collections.unmodifiableMap(stateDict.tensors());
    this.ignored = stateDict.ignored();
  }

  /**
   * Opens a checkpoint, reads what it says of its tensors, and checks that their elements are
   * there.
   *
   * @throws InvalidInputException if the file cannot be read, is damaged, holds no dictionary of
   *     tensors, or refers to a Python name that is not on the list of harmless ones
   */
  public static TorchPickleFile open(Path path) {
    FileBytes bytes = FileBytes.open(path);
    boolean legacy;
    try {
      legacy = isLegacy(bytes);
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
    if (legacy) {
      return openLegacy(bytes);
    }
    bytes.close();
    return openZip(path);
  }

  private static boolean isLegacy(FileBytes bytes) {
    byte[] head = bytes.head(0, (int) Math.min(bytes.size(), LEGACY_MAGIC.length));
    boolean legacy = Arrays.equals(head, LEGACY_MAGIC);
    boolean zip =
        head.length >= ZIP_MAGIC.length
            && Arrays.equals(Arrays.copyOf(head, ZIP_MAGIC.length), ZIP_MAGIC);
    if (!legacy && !zip) {
      throw InvalidInputException.of(
          "%s is not a PyTorch checkpoint: it begins with neither torch.save's zip header nor its"
              + " older magic number",
          bytes.path());
    }
    return legacy;
  }

  private static TorchPickleFile openZip(Path path) {
    ZipStorages storages = ZipStorages.open(path);
    try (InputStream pickle = storages.pickle()) {
      String file = path.toString();
      StorageIds ids = new StorageIds(file);
      Unpickler unpickler = new Unpickler(file, pickle, storages.pickleLength(), ids::resolve);
      return checked(path, storages, StateDict.in(file, unpickler.load()));
    } catch (RuntimeException e) {
      storages.close();
      throw e;
    } catch (IOException e) {
      storages.close();
      throw FileBytes.unreadable(path, e);
    }
  }

  private static TorchPickleFile openLegacy(FileBytes bytes) {
    Path path = bytes.path();
    try (InputStream pickles = new BufferedInputStream(Files.newInputStream(path))) {
      String file = path.toString();
      StorageIds ids = new StorageIds(file);
      Unpickler unpickler = new Unpickler(file, pickles, bytes.size(), ids::resolve);
      unpickler.load(); // The magic number, seen already.
      unpickler.load(); // The format's version: there was only ever one.
      checkByteOrder(file, unpickler.load());
      Pickled root = unpickler.load();
      Pickled keys = unpickler.load();
      LegacyStorages storages =
          LegacyStorages.locate(bytes, unpickler.position(), keys, ids.whole());
      return checked(path, storages, StateDict.in(file, root));
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    } catch (IOException e) {
      bytes.close();
      throw FileBytes.unreadable(path, e);
    }
  }

  private static void checkByteOrder(String file, Pickled system) {
    Pickled little =
        system instanceof Pickled.Dictionary dictionary
            ? dictionary.entries().get(new Pickled.Text("little_endian"))
            : null;
    if (!Unpickler.TRUE.equals(little)) {
      throw InvalidInputException.of("%s was not written on a little-endian machine", file);
    }
  }

  private static TorchPickleFile checked(Path path, PickleStorages storages, StateDict stateDict) {
    stateDict.tensors().values().forEach(view -> storages.check(view.storage()));
    return new TorchPickleFile(path, storages, stateDict);
  }

  /** The names of the checkpoint's entries that are no tensors (epochs, settings, optimizers). */
  public List<String> ignored() {
    return ignored;
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    Pickled.View view = view(name);
    return new TensorInfo(name, view.storage().dtype(), view.shape());
  }

  @Override
  public Tensor read(String name) {
    Pickled.View view = view(name);
    return Scope.keep(() -> read(view));
  }

  @Override
  public Tensor rows(String name, long first, long count) {
    info(name).withRows(first, count);
    Pickled.View view = view(name);
    return Scope.keep(() -> read(view.rows(first, count)));
  }

  @Override
  public void fill(String name, long first, Tensor target) {
    TensorInfo info = info(name);
    TensorInfo part = target.dim() == 0 ? info : info.withRows(first, target.size(0));
    part.requireLike(target);
    Pickled.View whole = view(name);
    Pickled.View view = target.dim() == 0 ? whole : whole.rows(first, target.size(0));
    if (view.isContiguous() && target.numel() > 0) {
      storages.read(view.storage(), view.offset(), target);
    } else {
      Scope.run(() -> target.copy_(read(view)));
    }
  }

  private Tensor read(Pickled.View view) {
    Dtype dtype = view.storage().dtype();
    long[] shape = view.shape().stream().mapToLong(Long::longValue).toArray();
    long extent = view.extent();
    if (extent == 0) {
      return TensorMemory.allocate(dtype, shape);
    }
    Tensor stored = TensorMemory.allocate(dtype, extent);
    storages.read(view.storage(), view.offset(), stored);
    long[] strides = view.strides().stream().mapToLong(Long::longValue).toArray();
    // contiguous() copies only where the strides ask for it.
    return stored.as_strided(shape, strides).contiguous();
  }

  private Pickled.View view(String name) {
    Pickled.View view = tensors.get(name);
    if (view == null) {
      throw InvalidInputException.of("%s has no tensor %s", describe(), Quoted.name(name));
    }
    return view;
  }

  @Override
  public List<Path> files() {
    return List.of(path);
  }

  @Override
  public String describe() {
    return path.toString();
  }

  @Override
  public void close() {
    storages.close();
  }
}
