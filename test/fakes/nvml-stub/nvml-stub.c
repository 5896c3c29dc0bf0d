/*
 * A stand-in for libnvidia-ml.so.1 with the layouts of NVML 13: invented GPUs, and troubles on demand. A test steers it
 * while it is loaded, through a file of four bytes that both sides map (path in NVML_STUB_CONTROL):
 *   [0] code that nvmlInit returns   [1] number of GPUs   [2] trouble, see below   [3] GPU that has it
 * Compiled with -DOLD_DRIVER it lacks what drivers before 510 lacked.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { OK = 0, NOT_SUPPORTED = 3, NO_PERMISSION = 4, NOT_FOUND = 6, GPU_LOST = 15, WRONG_VERSION = 25 };
enum { LOST = 1, HANG = 2, CRASH = 3, FORBIDDEN = 4, MIG = 5, MODULE_ONLY = 6, NO_AVERAGE = 7 };

static volatile unsigned char *control;
static int handles[256];

static unsigned char control_at(int at)
{
    static unsigned char defaults[4] = {0, 8, 0, 0};
    if (!control) {
        const char *path = getenv("NVML_STUB_CONTROL");
        int file = path ? open(path, O_RDONLY) : -1;
        void *mapped = file < 0 ? MAP_FAILED : mmap(0, 4, PROT_READ, MAP_SHARED, file, 0);
        control = mapped == MAP_FAILED ? defaults : mapped;
    }
    return control[at];
}

static int index_of(const int *device)
{
    return (int)(device - handles);
}

static int has(const int *device, int trouble)
{
    return control_at(2) == trouble && control_at(3) == index_of(device);
}

/* What every call on a device does first. */
static int enter(const int *device)
{
    if (has(device, LOST)) return GPU_LOST;
    if (has(device, CRASH)) raise(SIGSEGV);
    while (has(device, HANG)) usleep(1000);
    return OK;
}

static int give(const int *device, unsigned *out, unsigned value)
{
    int code = enter(device);
    if (code == OK) *out = value;
    return code;
}

int nvmlInit_v2(void) { return control_at(0); }
int nvmlShutdown(void) { return OK; }

int nvmlSystemGetDriverVersion(char *text, unsigned length)
{
    snprintf(text, length, "599.12.34");
    return OK;
}

int nvmlSystemGetCudaDriverVersion_v2(int *version)
{
    *version = 13010;
    return OK;
}

int nvmlDeviceGetCount_v2(unsigned *count)
{
    *count = control_at(1);
    return OK;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, int **device)
{
    if (control_at(2) == FORBIDDEN && control_at(3) == index) return NO_PERMISSION;
    *device = &handles[index];
    return enter(*device);
}

int nvmlDeviceGetName(const int *device, char *text, unsigned length)
{
    (void)device;
    snprintf(text, length, "NVIDIA Stub-100");
    return OK;
}

int nvmlDeviceGetUUID(const int *device, char *text, unsigned length)
{
    snprintf(text, length, "GPU-5700b000-0000-0000-0000-%012d", index_of(device));
    return OK;
}

/* GPU 0 is beyond 2^53 mJ, where koffi would hand over a BigInt. */
int nvmlDeviceGetTotalEnergyConsumption(const int *device, unsigned long long *millijoules)
{
    int code = enter(device);
    if (code == OK) *millijoules = index_of(device) == 0 ? 9007199254741993ull : 1000500ull * index_of(device);
    return code;
}

int nvmlDeviceGetPowerUsage(const int *device, unsigned *milliwatts) { return give(device, milliwatts, 333250); }
int nvmlDeviceGetEnforcedPowerLimit(const int *device, unsigned *milliwatts) { return give(device, milliwatts, 700000); }

int nvmlDeviceGetUtilizationRates(const int *device, unsigned *percents)
{
    int code = enter(device);
    percents[0] = 37;
    percents[1] = 12;
    return code;
}

int nvmlDeviceGetClockInfo(const int *device, int type, unsigned *megahertz)
{
    return give(device, megahertz, type == 1 ? 1980 : 1);
}

int nvmlDeviceGetTemperature(const int *device, int sensor, unsigned *celsius)
{
    (void)sensor;
    return give(device, celsius, 44);
}

/* Before 510, what the driver keeps for itself counts as used. */
int nvmlDeviceGetMemoryInfo(const int *device, unsigned long long *memory)
{
    int code = enter(device);
    memory[0] = 80ull << 30;
    memory[1] = 59ull << 30;
    memory[2] = 21ull << 30;
    return code;
}

#ifdef OLD_DRIVER

int nvmlDeviceGetCurrentClocksThrottleReasons(const int *device, unsigned long long *reasons)
{
    *reasons = 0x84;
    return enter(device);
}

#else

int nvmlDeviceGetCurrentClocksEventReasons(const int *device, unsigned long long *reasons)
{
    *reasons = 0x24;
    return enter(device);
}

int nvmlDeviceGetMigMode(const int *device, unsigned *current, unsigned *pending)
{
    *current = *pending = has(device, MIG);
    return enter(device);
}

struct memory { unsigned version; unsigned long long total, reserved, free, used; };

int nvmlDeviceGetMemoryInfo_v2(const int *device, struct memory *memory)
{
    if (memory->version != (sizeof *memory | 2u << 24)) return WRONG_VERSION;
    memory->total = 80ull << 30;
    memory->reserved = 1ull << 30;
    memory->free = 59ull << 30;
    memory->used = 20ull << 30;
    return enter(device);
}

struct temperature { unsigned version; int sensor; int celsius; };

int nvmlDeviceGetTemperatureV(const int *device, struct temperature *temperature)
{
    if (temperature->version != (sizeof *temperature | 1u << 24)) return WRONG_VERSION;
    temperature->celsius = 45;
    return enter(device);
}

struct field {
    unsigned id, scope;
    long long timestamp, latency;
    unsigned type;
    int code;
    union { double real; unsigned natural; unsigned long long wide; } value;
};

int nvmlDeviceGetFieldValues(const int *device, int count, struct field *fields)
{
    int code = enter(device);
    for (struct field *field = fields; field < fields + count; field++) {
        int is_average = field->id == 185;
        int is_given = field->scope == 0 ? !has(device, MODULE_ONLY) && !(is_average && has(device, NO_AVERAGE))
                                         : field->scope == 1 && has(device, MODULE_ONLY);
        field->code = is_given ? OK : NOT_SUPPORTED;
        field->type = 1;
        field->value.natural = is_average ? 412345 : 420000;
    }
    return code;
}

#endif
