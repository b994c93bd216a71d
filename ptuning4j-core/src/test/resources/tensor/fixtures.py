# Writes the torch-* and reference.safetensors fixtures beside it (PyTorch 2.14, safetensors 0.8).
import torch, collections, os, io, zipfile, argparse
def sd():
    base=torch.arange(12.).reshape(3,4)
    d=collections.OrderedDict()
    d['f32']=base
    d['f64']=torch.tensor([1/3,-2.5],dtype=torch.float64)
    d['f16']=torch.tensor([[1.5,-2.0],[65504.,6e-8]],dtype=torch.float16)
    d['bf16']=torch.tensor([1.5,-3.0e38,1e-30],dtype=torch.bfloat16)
    d['i64']=torch.tensor([2**62,-1])
    d['i32']=torch.tensor([2**31-1,-2**31],dtype=torch.int32)
    d['i16']=torch.tensor([32767,-32768],dtype=torch.int16)
    d['i8']=torch.tensor([127,-128],dtype=torch.int8)
    d['u8']=torch.tensor([255,0],dtype=torch.uint8)
    d['bool']=torch.tensor([True,False,True])
    d['scalar']=torch.tensor(7.25)
    d['empty']=torch.empty(0,3)
    d['transposed']=base.t()
    d['row']=base[1]
    d['column']=base[:,2]
    d['expanded']=torch.tensor([5.,6.]).expand(3,2)
    d['parameter']=torch.nn.Parameter(torch.tensor([9.,8.]))
    return d
def values(f):
    # what a reader must find: names, types, shapes and values, as text
    with open(f,'w') as o:
        for k,v in sd().items():
            v=v.detach()
            o.write('\t'.join([k,str(v.dtype),','.join(map(str,v.shape)),','.join(repr(float(x)) if v.is_floating_point() else str(int(x)) for x in v.contiguous().flatten().tolist())])+'\n')
values('torch-values.tsv')
torch.save(sd(),'torch-zip.pt')
torch.save(sd(),'torch-legacy.pt',_use_new_zipfile_serialization=False)
torch.save(sd(),'torch-protocol4.pt',pickle_protocol=4)
w=torch.arange(4.).reshape(2,2); b=torch.tensor([1.,-1.])
opt={'state':{0:{'step':torch.tensor(1.),'exp_avg':w}},'param_groups':[{'lr':0.1,'betas':(0.9,0.999),'params':[0,1]}]}
torch.save({'epoch':3,'model_state_dict':collections.OrderedDict(weight=w,bias=b),'optimizer_state_dict':opt,'best':0.5,'note':None,'seen':{1,2},'big':2**80,'dev':torch.device('cpu'),'dt':torch.float16,'size':torch.Size([2,3]),'b':b'xy'},'torch-nested.pt')
torch.save(torch.nn.Linear(2,2),'torch-module.pt')
torch.save({'args':argparse.Namespace(lr=1),'state_dict':{'w':w}},'torch-namespace.pt')
class Evil:
    def __reduce__(self): return (os.system,('touch was-here',))
torch.save({'w':w,'evil':Evil()},'torch-evil.pt')
src=zipfile.ZipFile('torch-zip.pt')
with zipfile.ZipFile('torch-deflated.pt','w',zipfile.ZIP_DEFLATED) as z:
    for i in src.infolist(): z.writestr(i.filename,src.read(i))
ts=torch.jit.script(torch.nn.Linear(2,2)); ts.save('torch-script.pt')
torch.save({'u':torch.tensor([1],dtype=torch.uint16)},'torch-uint16.pt')
torch.save(w,'torch-bare.pt')
t=torch.tensor([1.,2.]); t.note='x'
torch.save({'tagged':t},'torch-attributes.pt')
from safetensors.torch import save_file
save_file({k: v.detach().contiguous().clone() for k, v in sd().items()}, 'reference.safetensors', metadata={'format': 'pt', 'ü': 'ß"\n'})
